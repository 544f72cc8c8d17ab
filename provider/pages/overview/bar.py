"""How the images are spread over the statuses, as a bar. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.image import Status

WIDTH = 1000
"""Of the whole bar."""
NARROWEST = 6
"""Of the part of a status that any image has."""
_ORDER = (
    Status.UP_TO_DATE,
    Status.REBUILDING,
    Status.DUE,
    Status.WAITING,
    Status.HELD,
    Status.UNVERIFIED,
    Status.UNKNOWN,
    Status.FAILED,
    Status.ERROR,
)


@dataclass(frozen=True, slots=True)
class BarPart:
    """The part of one status: where it begins and how wide it is, of `WIDTH`."""

    status: Status
    count: int
    begin: float
    width: float


def bar_parts(counts: Mapping[str, int]) -> list[BarPart]:
    """The parts of the statuses that any image has, from good to bad; together they fill the bar."""
    found = [(status, counts[status]) for status in _ORDER if counts.get(status)]
    total = sum(count for _, count in found)
    widths = [max(NARROWEST, WIDTH * count / total) for _, count in found]
    # What the narrow parts have too much, the others have too little.
    scale = WIDTH / sum(widths) if widths else 1
    parts: list[BarPart] = []
    begin = 0.0
    for (status, count), width in zip(found, widths, strict=True):
        parts.append(BarPart(status, count, round(begin, 1), round(width * scale, 1)))
        begin += width * scale
    return parts
