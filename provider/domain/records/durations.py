"""Figures of many durations: how long something takes as a rule, and at worst. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

MEDIAN, NINETIETH = 50, 90
_ALL = 100


@dataclass(frozen=True, slots=True)
class Durations:
    """How long several things took; without any, the times are None.

    A percentile is one of the durations: the shortest one that at least so many percent of them do not exceed.
    """

    count: int
    median: timedelta | None = None
    ninetieth: timedelta | None = None
    longest: timedelta | None = None


def durations_of(seconds: Sequence[int]) -> Durations:
    """The figures of durations in seconds, in any order."""
    if not seconds:
        return Durations(0)
    found = sorted(seconds)
    median, ninetieth = (timedelta(seconds=_percentile(found, percent)) for percent in (MEDIAN, NINETIETH))
    return Durations(len(found), median, ninetieth, timedelta(seconds=found[-1]))


def _percentile(found: Sequence[int], percent: int) -> int:
    """By nearest rank, of sorted numbers."""
    rank = -(-len(found) * percent // _ALL)
    return found[rank - 1]
