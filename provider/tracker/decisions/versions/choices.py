"""Which component of a repository is meant, where its releases are of several ones. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.natural import natural_version
from provider.tracker.decisions.versions.order import highest_first

MOST_CHOICES = 20
_LAST_V = re.compile(r"(?<![A-Za-z])v$")
_SPECIAL = re.compile(r"([\\.^$*+?()\[\]{}|])")


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """A component, and the expression that tracks it alone.

    Attributes:
        include: the expression.
        highest: the highest version of the component.
        releases: how many there are.
    """

    include: str
    highest: str
    releases: int


def version_choices(releases: Iterable[FoundRelease], form: TagForm) -> tuple[VersionChoice, ...]:
    """The components, the most common first; none if there are not several."""
    families: dict[str, list[FoundRelease]] = {}
    for release in releases:
        if (version := natural_version(release.version)) is not None:
            families.setdefault(version.family, []).append(release)
    if len(families) < 2:  # noqa: PLR2004 - one component is no choice
        return ()
    found = [_choice(its, form) for its in families.values()]
    return tuple(sorted(found, key=lambda choice: (-choice.releases, choice.include)))[:MOST_CHOICES]


def _choice(releases: list[FoundRelease], form: TagForm) -> VersionChoice:
    highest = highest_first(releases, form)[0].version
    before = _SPECIAL.sub(r"\\\1", _before(highest))
    # The `v` before a number comes and goes in the history of many projects.
    expression = _LAST_V.sub("v?", before) if _LAST_V.search(before) else before
    return VersionChoice(f"^{expression or 'v?'}[0-9]", highest, len(releases))


def _before(tag: str) -> str:
    """The text before the numbers of a version."""
    found = natural_version(tag)
    return tag[: tag.index(found.core, max(tag.rfind(mark) for mark in "/@") + 1)] if found else ""
