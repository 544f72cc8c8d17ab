"""What depends on an image, as its page shows it: what needs attention first, and not too many. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.image import DependentDocument, Status

MOST_SHOWN = 50

_ORDER = (
    Status.FAILED,
    Status.ERROR,
    Status.UNKNOWN,
    Status.UNVERIFIED,
    Status.HELD,
    Status.DUE,
    Status.WAITING,
    Status.REBUILDING,
    Status.UP_TO_DATE,
    Status.WATCHED,
)


@dataclass(frozen=True, slots=True)
class ShownDependents:
    """The dependents that a page shows.

    Attributes:
        shown: the first ones, those that need attention first.
        total: how many there are.
        counts: how many have each status, in the same order.
    """

    shown: Sequence[DependentDocument]
    total: int
    counts: Mapping[Status, int]

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.total - len(self.shown)


def shown_dependents(dependents: Sequence[DependentDocument]) -> ShownDependents:
    """The dependents of an image for its page."""
    counted = Counter(each.status for each in dependents)
    in_order = sorted(dependents, key=lambda each: (_ORDER.index(each.status), each.name))
    counts = {status: counted[status] for status in _ORDER if counted[status]}
    return ShownDependents(in_order[:MOST_SHOWN], len(dependents), counts)
