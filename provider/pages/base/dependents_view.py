"""What depends on an image, as its pages show it: counted, filtered, a page at a time. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from provider.auth.strict_query import one_of
from provider.domain.graph.dependents import Dependent, DependentState
from provider.pages.image.labels import Sign
from provider.pages.listing.images_query import page_number

DEPENDENTS_QUERY = ("state", "direct", "page")
"""The query parameters of the page of dependents."""

ROWS = 50
"""Rows of that page."""

_SIGNS = {
    DependentState.BEHIND: Sign("◷", "Behind", "wait"),
    DependentState.UNKNOWN: Sign("?", "Not known", "wait"),
    DependentState.NEWEST: Sign("✓", "Newest", "good"),
    DependentState.UNUSED: Sign("·", "Does not contain it", "calm"),
}


@dataclass(frozen=True, slots=True)
class DependentsQueryOfPage:
    """Which dependents a page shows; an empty state is all of them."""

    state: str = ""
    direct: bool = False
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "DependentsQueryOfPage":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: there is no such state, or `direct` is neither true nor false.
        """
        return cls(
            one_of(arguments, "state", list(DependentState)),
            one_of(arguments, "direct", ["true", "false"]) == "true",
            page_number(arguments.get("page", "")),
        )

    def parameters(self, **changes: str | int) -> dict[str, str | int]:
        """The URL parameters with the same filters and these changes; the first page unless one is given."""
        same: dict[str, str | int] = {"state": self.state, "direct": "true" if self.direct else ""}
        return {key: value for key, value in {**same, **changes}.items() if value not in {"", 1}}


@dataclass(frozen=True, slots=True)
class DependentsView:
    """What depends on an image.

    Attributes:
        rows: those that are shown.
        found: how many match the filter.
        total: how many there are.
        direct: how many of all depend on it directly.
        counts: how many of all have each state; without those that none has.
        behind_since: since when the one is behind that is for longest; None where none is.
    """

    rows: Sequence[Dependent]
    found: int
    total: int
    direct: int
    counts: Mapping[DependentState, int]
    behind_since: datetime | None

    @property
    def containing(self) -> int:
        """How many contain the image."""
        return self.total - self.counts.get(DependentState.UNUSED, 0)

    @property
    def pages(self) -> int:
        """The number of pages."""
        return max(1, -(-self.found // ROWS))


def dependents_view(dependents: Sequence[Dependent], query: DependentsQueryOfPage, rows: int) -> DependentsView:
    """A page of dependents, which are in the order in which they are shown.

    Args:
        dependents: all of them.
        query: which of them.
        rows: of a page.
    """
    counts = Counter(dependent.state for dependent in dependents)
    found = [each for each in dependents if _matches(each, query)]
    return DependentsView(
        found[(query.page - 1) * rows : query.page * rows],
        len(found),
        len(dependents),
        sum(each.steps == 1 for each in dependents),
        {state: counts[state] for state in DependentState if counts[state]},
        min((each.behind_since for each in dependents if each.behind_since), default=None),
    )


def dependent_sign(state: DependentState) -> Sign:
    """The sign of a state."""
    return _SIGNS[state]


def _matches(dependent: Dependent, query: DependentsQueryOfPage) -> bool:
    return query.state in ("", dependent.state) and (not query.direct or dependent.steps == 1)
