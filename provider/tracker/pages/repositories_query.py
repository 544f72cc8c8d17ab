"""The query of the page that lists tracked repositories. An invalid filter is ignored, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provider.ports import Place
from provider.tracker.decisions.repository import RepositoryState, RepositoryType
from provider.tracker.ports import RepositoryFilter

SORTS = {
    "name": "Repository",
    "type": "Type",
    "latestVersion": "Latest release",
    "latestDate": "Released",
    "state": "State",
    "lastPolled": "Last polled",
    "dateAdded": "Added",
}
"""Fields that the list can be sorted by, with their column labels, from left to right."""

PLACE_QUERY = ("after", "id")
"""The query parameters for the start of a page."""

LIST_QUERY = ("type", "state", "q", "sort", *PLACE_QUERY)
"""The query parameters of the list."""

ROWS = 50
_LONGEST_TEXT = 200
_MOST_DIGITS = 18
_LONGEST_KEY = 1_000


@dataclass(frozen=True, slots=True)
class RepositoriesPageQuery:
    """The filters, the sort order and the start of the page; an empty text is no filter."""

    type: str = ""
    state: str = ""
    text: str = ""
    sort: str = "name"
    after: Place | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "RepositoriesPageQuery":
        """Read the query parameters of a request."""
        kind, state, sort = (arguments.get(key, "") for key in ("type", "state", "sort"))
        return cls(
            type=kind if kind in set(RepositoryType) else "",
            state=state if state in set(RepositoryState) else "",
            text=arguments.get("q", "").strip()[:_LONGEST_TEXT],
            sort=sort if sort.removeprefix("-") in SORTS else "name",
            after=place_in(arguments),
        )

    @property
    def filter(self) -> RepositoryFilter:
        """For the store."""
        return RepositoryFilter(
            type=RepositoryType(self.type) if self.type else None,
            state=RepositoryState(self.state) if self.state else None,
            query=self.text or None,
            sort=self.sort,
        )

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.type or self.state or self.text)

    @property
    def from_the_start(self) -> "RepositoriesPageQuery":
        """The same query for the first page."""
        return replace(self, after=None)

    def parameters(self, **changes: str) -> dict[str, str]:
        """The URL parameters with the same filters and these changes, for the first page."""
        sort = "" if self.sort == "name" else self.sort
        same = {"type": self.type, "state": self.state, "q": self.text, "sort": sort}
        return {key: value for key, value in {**same, **changes}.items() if value}

    def sorted_by(self, field: str) -> str:
        """`ascending`, `descending` or `none`: the value for aria-sort."""
        return {field: "ascending", f"-{field}": "descending"}.get(self.sort, "none")

    def resorted(self, field: str) -> dict[str, str]:
        """The URL parameters that sort by the field, or reverse its order; empty for the default, by name."""
        sort = f"-{field}" if self.sort == field else field
        return self.parameters(sort="" if sort == "name" else sort)

    def next_page(self, end: Place) -> dict[str, str]:
        """The URL parameters of the next page."""
        return {**self.parameters(), **place_parameters(end)}


def place_in(arguments: Mapping[str, str]) -> Place | None:
    """The start of a page, from query parameters; None if they have none, or an invalid one."""
    key, number = arguments.get("after"), arguments.get("id", "")
    fits = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    return Place(key, number) if key is not None and len(key) <= _LONGEST_KEY and fits else None


def place_parameters(end: Place) -> dict[str, str]:
    """The URL parameters for the start of a page."""
    return {"after": end.key, "id": end.name}
