"""The rows of the tables of /simulate. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

from provider.domain.simulation.figures import ShortLived, Simulated, TimeBehind
from provider.domain.simulation.measures import days_text

Shown = tuple[str, str]


def week_rows(found: Simulated) -> Sequence[tuple[datetime, tuple[int, ...]]]:
    """When each week starts, and its builds under each policy."""
    weeks = zip(*(column.weeks for column in found.columns), strict=True)
    return [(found.since + number * timedelta(weeks=1), builds) for number, builds in enumerate(weeks)]


def worst_rows(found: Simulated) -> Sequence[tuple[Shown | None, ...]]:
    """By place, the image and its days behind under each policy; None where fewer images were behind."""
    return list(zip_longest(*([_behind(each) for each in column.worst] for column in found.columns)))


def withdrawn_rows(found: Simulated) -> Sequence[tuple[str, ShortLived]]:
    """The builds on withdrawn digests, each with the policy."""
    return [(column.label, each) for column in found.columns for each in column.withdrawn]


def _behind(found: TimeBehind) -> Shown:
    return found.name, days_text(found.time)
