"""The single values of state files: text to value, and back. Their YAML is read as text, without guessing types."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from catalog.image import Evidence
from catalog.reference import Digest, ImageReference, parse_digest
from provider.domain.duration import parse_duration

Member = TypeVar("Member", bound=StrEnum)

_TRUTH = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


def text(value: object, _: Any = None) -> str:
    """The text itself.

    Raises:
        ValueError: it is a list or a mapping. Every reader here raises it; the message is for people.
    """
    if not isinstance(value, str):
        raise ValueError("must be text, not a list or a mapping")  # noqa: TRY004 - the file is wrong, not the caller
    return value


def number(value: object, _: Any = None) -> int:
    """A whole number."""
    try:
        return int(text(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a whole number") from None


def truth(value: object, _: Any = None) -> bool:
    """True or false, in any of YAML's spellings."""
    found = _TRUTH.get(text(value).lower())
    if found is None:
        raise ValueError(f"{value!r} is neither true nor false")
    return found


def moment(value: object, _: Any = None) -> datetime:
    """A time of RFC 3339 in any time zone, converted to UTC."""
    return _moment(text(value))


# Many parts of a state have the same time.
@lru_cache(maxsize=4096)
def _moment(value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a time; write for example 2026-01-02T03:04:05Z") from None
    if found.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; write for example 2026-01-02T03:04:05Z")
    return found.astimezone(UTC)


def digest(value: object, _: Any = None) -> Digest:
    """`sha256:` and 64 hexadecimal digits."""
    return parse_digest(text(value))


def reference(value: object, _: Any = None) -> ImageReference:
    """An image reference, written in full."""
    return ImageReference.parse(text(value))


class UnknownWord(ValueError):
    """A word that is not one of an enumeration; `kind`: the enumeration."""

    def __init__(self, word: str, kind: type[StrEnum]) -> None:
        super().__init__(f"{word!r} is not one of {', '.join(kind)}")
        self.kind = kind


def member(value: object, kind: type[Member]) -> Member:
    """One of the values of an enumeration.

    Raises:
        UnknownWord: another text.
    """
    word = text(value)
    try:
        return kind(word)
    except ValueError:
        raise UnknownWord(word, kind) from None


def duration(value: object, _: Any = None) -> timedelta:
    """A duration such as 7d."""
    return parse_duration(text(value))


def evidence(value: object, kind: type[Evidence]) -> Evidence:
    """How `builtOn` is known; earlier releases wrote `unknown` for what was assumed."""
    return Evidence.ASSUMED if value == "unknown" else member(value, kind)
