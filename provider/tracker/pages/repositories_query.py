"""What a reader of the release list asks for. A wrong filter is left out, never an error."""

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
"""Fields that the list can be sorted by, and the words of their columns, from left to right."""

ROWS = 50
_LONGEST_TEXT = 200
_MOST_DIGITS = 18
_LONGEST_KEY = 1_000


@dataclass(frozen=True, slots=True)
class AskedRepositories:
    """The filters, the order and where the page begins; an empty text does not restrict."""

    type: str = ""
    state: str = ""
    text: str = ""
    sort: str = "name"
    after: Place | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "AskedRepositories":
        """Out of an address's query."""
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
    def from_the_start(self) -> "AskedRepositories":
        """The same list from its beginning."""
        return replace(self, after=None)

    def query(self, **changes: str) -> dict[str, str]:
        """The query of an address that asks the same but for the changes, from the beginning."""
        sort = "" if self.sort == "name" else self.sort
        same = {"type": self.type, "state": self.state, "q": self.text, "sort": sort}
        return {key: value for key, value in {**same, **changes}.items() if value}

    def sorted_by(self, field: str) -> str:
        """`ascending`, `descending` or `none`, as aria-sort says it."""
        return {field: "ascending", f"-{field}": "descending"}.get(self.sort, "none")

    def resorted(self, field: str) -> dict[str, str]:
        """The query that sorts by the field, or turns its order around; by name from A is not said."""
        sort = f"-{field}" if self.sort == field else field
        return self.query(sort="" if sort == "name" else sort)

    def following(self, end: Place) -> dict[str, str]:
        """The query of the next page."""
        return {**self.query(), **written_place(end)}


def place_in(arguments: Mapping[str, str]) -> Place | None:
    """Where a page begins, out of an address's query; None where it does not say, or says no place."""
    key, number = arguments.get("after"), arguments.get("id", "")
    fits = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    return Place(key, number) if key is not None and len(key) <= _LONGEST_KEY and fits else None


def written_place(end: Place) -> dict[str, str]:
    """The part of a query that says where a page begins."""
    return {"after": end.key, "id": end.name}
