"""The query of the page that lists tracked repositories; an empty filter is no filter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.exceptions import UnprocessableEntity

from provider.auth.strict_query import one_of, refused_query
from provider.ports import Place
from provider.tracker.decisions.deployed.comparing import DeployedStatus
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.ports import RepositoryFilter

SORTS = {
    "name": "Repository",
    "type": "Type",
    "latestVersion": "Latest release",
    "latestDate": "Released",
    "deployed": "Deployed",
    "state": "State",
    "lastPolled": "Last polled",
    "dateAdded": "Added",
}
"""Fields that the list can be sorted by, with their column labels, from left to right."""

PLACE_QUERY = ("after", "id")
"""The query parameters for the start of a page."""

LIST_QUERY = ("type", "state", "deployed", "q", "sort", *PLACE_QUERY)
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
    deployed: str = ""
    text: str = ""
    sort: str = "name"
    after: Place | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "RepositoriesPageQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: there is no such type, state or sort order, or `after` and `id` are not a place.
        """
        return cls(
            type=one_of(arguments, "type", list(RepositoryType)),
            state=one_of(arguments, "state", list(RepositoryState)),
            deployed=one_of(arguments, "deployed", list(DeployedStatus)),
            text=arguments.get("q", "").strip()[:_LONGEST_TEXT],
            sort=sort_in(arguments, SORTS, "name"),
            after=place_in(arguments),
        )

    @property
    def filter(self) -> RepositoryFilter:
        """For the store."""
        return RepositoryFilter(
            type=RepositoryType(self.type) if self.type else None,
            state=RepositoryState(self.state) if self.state else None,
            query=self.text or None,
            deployed=DeployedStatus(self.deployed) if self.deployed else None,
            sort=self.sort,
        )

    @property
    def restricts(self) -> bool:
        """Whether any filter is set."""
        return bool(self.type or self.state or self.deployed or self.text)

    def parameters(self, **changes: str) -> dict[str, str]:
        """The URL parameters with the same filters and these changes, for the first page."""
        sort = "" if self.sort == "name" else self.sort
        filters = {"type": self.type, "state": self.state, "deployed": self.deployed, "q": self.text}
        same = {**filters, "sort": sort}
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
    """The start of a page, from query parameters; None if they have none.

    Raises:
        UnprocessableEntity: one of the two is missing or not valid.
    """
    key, number = (arguments.get(name) for name in PLACE_QUERY)
    if key is None and number is None:
        return None
    if key is None or len(key) > _LONGEST_KEY:
        raise not_a_place("after")
    if number is None or not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        raise not_a_place("id")
    return Place(key, number)


def not_a_place(name: str = "after") -> UnprocessableEntity:
    """The error for a start of a page that is not a place in this list and order."""
    return refused_query({name: "Not a place in this list; leave out after and id for the first page."})


def sort_in(arguments: Mapping[str, str], sorts: Iterable[str], default: str) -> str:
    """The sort order in query parameters.

    Raises:
        UnprocessableEntity: there is no such sort order.
    """
    return one_of(arguments, "sort", [f"{sign}{key}" for key in sorts for sign in ("", "-")]) or default


def place_parameters(end: Place) -> dict[str, str]:
    """The URL parameters for the start of a page."""
    return {"after": end.key, "id": end.name}
