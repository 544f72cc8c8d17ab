"""Reads values of JSON documents from outside: each is of the expected kind, or None. Pure."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from catalog.reference import Digest, InvalidReference, parse_digest
from proxy.errors import Garbage

_LONGEST_TEXT = 512


def document_of(body: bytes, where: object) -> object:
    """The document.

    Raises:
        Garbage: the body is not JSON.
    """
    # `from None`: the decoder's error contains the document.
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Garbage(f"{where}: the list of tags is not JSON; retried later") from None


def object_of(value: object, where: object) -> Mapping[str, object]:
    """The value, which must be an object.

    Raises:
        Garbage: it is not.
    """
    if not isinstance(value, dict):
        raise Garbage(f"{where}: the list of tags has an unknown form; retried later")
    return value


def objects_of(value: object, where: object) -> list[Mapping[str, object]]:
    """The value, which must be a list of objects.

    Raises:
        Garbage: it is not.
    """
    if not isinstance(value, list):
        raise Garbage(f"{where}: the list of tags has an unknown form; retried later")
    return [object_of(each, where) for each in value]


def objects_in(value: object) -> Iterator[Mapping[str, object]]:
    """The objects in a list; nothing for any other value."""
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())


def inside(value: object, *names: str) -> object:
    """What is below these names; None where one of them is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_of(value: object) -> str | None:
    """A printable text of usual length."""
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and value.isprintable() else None


def natural_of(value: object) -> int | None:
    """A number of things or bytes."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def digest_of(value: object) -> Digest | None:
    """A digest."""
    try:
        return parse_digest(value) if isinstance(value, str) else None
    except InvalidReference:
        return None


def time_of(value: object) -> datetime | None:
    """A time in UTC: seconds since 1970, RFC 3339, or the form of mails (RFC 5322). The year 1 means "never"."""
    try:
        time = _time(value)
        time = time.astimezone(UTC) if time and time.tzinfo else time
    except (ValueError, OverflowError, OSError):
        return None
    return time if time and time.tzinfo and time.year > 1 else None


def _time(value: object) -> datetime | None:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return datetime.fromtimestamp(value, UTC)
    if not isinstance(value, str):
        return None
    if "," in value:
        return parsedate_to_datetime(value).replace(tzinfo=UTC)
    return datetime.fromisoformat(value)
