"""What a change of an image would rebuild, summed up for its pages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from provider.domain.impact import Impact

IMPACTS = 100
"""Rows of a page."""

FIRST_IMPACTS = 10
"""Rows on the page of a base image."""


@dataclass(frozen=True, slots=True)
class ImpactView:
    """What a change now would rebuild.

    Attributes:
        rows: those that are shown; first those that go by themselves, the earliest at the top.
        total: how many images there are.
        automatic: how many of them are rebuilt without a person.
        first: when the first of these may start; None where there is none.
        last: when the last of these may.
    """

    rows: Sequence[Impact]
    total: int
    automatic: int
    first: datetime | None
    last: datetime | None

    @property
    def by_hand(self) -> int:
        """How many need a person."""
        return self.total - self.automatic

    @property
    def pages(self) -> int:
        """The number of pages."""
        return max(1, -(-self.total // IMPACTS))


def impact_view(impacts: Sequence[Impact], page: int, rows: int) -> ImpactView:
    """A page of impacts, which are in the order in which they become eligible."""
    times = [impact.eligible_at for impact in impacts if impact.automatic and impact.eligible_at]
    return ImpactView(
        impacts[(page - 1) * rows : page * rows],
        len(impacts),
        sum(impact.automatic for impact in impacts),
        min(times, default=None),
        max(times, default=None),
    )
