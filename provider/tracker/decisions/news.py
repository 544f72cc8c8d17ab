"""Which releases are new, and how a text finds versions. Pure."""

from dataclasses import dataclass
from enum import IntEnum

_DIGITS = frozenset("0123456789")
_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_PREFIX = "v"


class NewsGroup(IntEnum):
    """Where a release is listed among those of all repositories.

    A release is known from the start if the first poll of an address and a filter found it, or a person added it: then
    it is no news.
    """

    UNLISTED = 0
    """A draft, or removed by a person."""
    RELEASE = 1
    PRERELEASE = 2
    KNOWN_RELEASE = 3
    KNOWN_PRERELEASE = 4


def news_group(*, draft: bool, prerelease: bool, baseline: bool) -> NewsGroup:
    """The group of a release.

    Args:
        draft: it is not published yet.
        prerelease: the publisher or its tag marks it as a pre-release.
        baseline: it is known from the start.
    """
    if draft:
        return NewsGroup.UNLISTED
    if baseline:
        return NewsGroup.KNOWN_PRERELEASE if prerelease else NewsGroup.KNOWN_RELEASE
    return NewsGroup.PRERELEASE if prerelease else NewsGroup.RELEASE


def number_text(version: str) -> str:
    """The version from its first digit on, in lower case; empty without a digit."""
    return _split(version)[1]


@dataclass(frozen=True, slots=True)
class WantedNumber:
    """Finds the versions whose number begins with a text, such as `2.1` or `v2.1` for `v2.1.3`.

    Attributes:
        before: what stands right before the number; empty: anything.
        number: the beginning of the number.
    """

    before: str
    number: str

    @classmethod
    def of(cls, text: str) -> "WantedNumber | None":
        """The query of a text; None if it has no digit, since then it names no version."""
        before, number = _split(text.strip())
        return cls("" if before == _PREFIX else before, number) if number else None

    def finds(self, version: str) -> bool:
        """Whether the version matches."""
        before, number = _split(version)
        return number.startswith(self.number) and before.endswith(self.before)


def _split(text: str) -> tuple[str, str]:
    folded = text.translate(_FOLDED)
    start = next((place for place, character in enumerate(folded) if character in _DIGITS), len(folded))
    return folded[:start], folded[start:]
