"""Sorting tags as versions: our keys from one regular expression, against plain `semver`."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import semver

from bench.marks import Mark
from bench.rounds import Cost, RunFailed, in_turn, measured, speed, typical
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.versions.order import precedence

_OURS, _PEER = "tags to keys", "semver"


def tag_marks(_folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Sort this number of tags; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: the two orders differ.
    """
    tags = _tags(count)
    if list(map(semver.Version.parse, _by_us(tags))) != sorted(map(semver.Version.parse, tags)):
        raise RunFailed("our order of the tags is not semver's")
    contestants: dict[str, Callable[[], Cost]] = {
        _PEER: lambda: measured(lambda: sorted(tags, key=semver.Version.parse)),
        _OURS: lambda: measured(lambda: _by_us(tags)),
    }
    costs = in_turn(contestants, rounds, report)
    return [Mark("tags sorted by precedence", speed(typical(costs[_PEER]), typical(costs[_OURS])), f"x {_PEER}", 8)]


def _by_us(tags: list[str]) -> list[str]:
    return sorted(tags, key=lambda tag: precedence(tag, TagForm.SEMVER) or ())


def _tags(count: int) -> list[str]:
    """Versions in random order, a third of them pre-releases."""
    dice = Random(20_260_301)  # noqa: S311 - the same tags each time, no secret
    endings = ("", "", "-rc.1", "-beta.2", "", "")
    return [
        f"{dice.randrange(40)}.{dice.randrange(60)}.{dice.randrange(100)}{dice.choice(endings)}" for _ in range(count)
    ]
