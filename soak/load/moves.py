"""Which base images move, and when. Pure."""

import random
from dataclasses import dataclass

from soak.population import Population

_REBUILDS_A_SECOND = 0.35
"""GitHub is asked to start at most one build a second; faults take some of that time."""

_QUIET_SHARE = 0.12
"""At the end nothing moves, so that the last changes can age and be built."""

_AGAIN_SHARE = 0.15
_TOLD_SHARE = 0.7

BETWEEN_MOVES_OF_A_BASE = 420.0
"""Seconds; each digest of a tag has to be seen before the next one, also through the longest outage."""


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """Upstream publishes a new digest of a base image, this many seconds after the start.

    Attributes:
        told: whether a webhook reports it; the others are found by a periodic check.
    """

    at: float
    repository: str
    told: bool


def planned_moves(of: Population, seconds: float, seed: int) -> list[PlannedMove]:
    """The moves of a soak, in order; together they cause no more rebuilds than there is time for."""
    dice = random.Random(seed)  # noqa: S311 - the same moves for the same seed
    left = int(seconds * _REBUILDS_A_SECOND)
    chosen: list[str] = []
    candidates = [name for name in of.bases if of.dependents.get(name)]
    dice.shuffle(candidates)
    for name in candidates:
        causes = len(of.affected(name))
        if causes <= left:
            chosen.append(name)
            left -= causes
    span = seconds * (1 - _QUIET_SHARE)
    again = [name for name in chosen if seconds > 2 * BETWEEN_MOVES_OF_A_BASE and dice.random() < _AGAIN_SHARE]
    step = span / max(1, len(chosen))
    moves = [PlannedMove(number * step, name, dice.random() < _TOLD_SHARE) for number, name in enumerate(chosen)]
    later = [
        PlannedMove(first.at + BETWEEN_MOVES_OF_A_BASE, first.repository, first.told)
        for first in moves
        if first.repository in again and first.at + BETWEEN_MOVES_OF_A_BASE < span
    ]
    return sorted((*moves, *later), key=lambda move: (move.at, move.repository))
