"""What the addresses of all lists of records have in common: period, filters, owners, and the start of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.exceptions import UnprocessableEntity

from provider.auth.strict_query import one_of, refused_query
from provider.pages.records.periods import PERIOD_QUERY, ListPeriod
from provider.ports import Place

ROWS = 50
MINE = "mine"
PLACE_QUERY = ("after", "id")
# Values are texts; `Any` because url_for has keyword parameters of other types too.
Parameters = dict[str, Any]
_LONGEST = 300
_LONGEST_PLACE = 1000


@dataclass(frozen=True, slots=True)
class RecordsQuery:
    """What to list.

    Attributes:
        words: the filters by the names of their query parameters; an empty text is no filter.
        mine: only what concerns images of the caller's teams.
        owners: what the caller owns images by.
        after: the place after which the page begins; None: the first page.
    """

    period: ListPeriod
    words: Mapping[str, str]
    mine: bool = False
    owners: Sequence[str] = ()
    after: Place | None = None

    @property
    def owner(self) -> tuple[str, ...] | None:
        """The owners whose images are listed; None: all."""
        text = self.words.get("owner", "")
        named = [owner.strip().lower() for owner in text.split(",")] if text else None
        if not self.mine:
            return None if named is None else tuple(named)
        # Nobody owns an image by an empty reference: without teams there is nothing to list.
        return tuple(owner for owner in self.owners if named is None or owner.lower() in named) or ("",)

    def word(self, name: str) -> str | None:
        """The value of a filter; None where it is not set."""
        return self.words[name] or None

    @property
    def restricts(self) -> bool:
        """Whether any filter is set beside the period."""
        return self.mine or any(self.words.values())

    def parameters(self, **changes: str) -> dict[str, str]:
        """The URL parameters with the same filters and these changes, for the first page."""
        same = {**self.words, "mine": "true" if self.mine else "", **self.period.parameters}
        return {key: value for key, value in {**same, **changes}.items() if value}

    def next_page(self, end: Place) -> dict[str, str]:
        """The URL parameters of the next page."""
        return {**self.parameters(), "after": end.key, "id": end.name}

    def api_parameters(self, now: datetime, **others: str) -> Parameters:
        """The parameters of the API for the same list as CSV."""
        owner = {"owner": ",".join(self.owner)} if self.owner is not None else {}
        same = {**self.words, **owner, **self.period.api_parameters(now), **others}
        return {**{key: value for key, value in same.items() if value or key in owner}, "format": "csv"}


def query_names(filters: Sequence[str]) -> tuple[str, ...]:
    """The query parameters of a page with these filters."""
    mine = (MINE,) if "owner" in filters else ()
    return (*filters, *mine, *PERIOD_QUERY, *PLACE_QUERY)


def records_query(
    arguments: Mapping[str, str],
    filters: Sequence[str],
    usual: str,
    owners: Sequence[str] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
) -> RecordsQuery:
    """Read the query of a page.

    Args:
        arguments: the query parameters.
        filters: the names of the filters.
        usual: the period without parameters.
        owners: what the caller owns images by.
        choices: the values of filters that have no others.

    Raises:
        UnprocessableEntity: a value is none of its parameter.
    """
    words = {name: arguments.get(name, "").strip()[:_LONGEST] for name in filters}
    for name, values in (choices or {}).items():
        one_of(arguments, name, values)
    mine = one_of(arguments, MINE, ["true", "false"]) == "true"
    return RecordsQuery(ListPeriod.of(arguments, usual), words, mine, owners, _place_in(arguments))


def not_a_place() -> UnprocessableEntity:
    """The error for a start of a page that is not a place in this list."""
    return refused_query({"after": "Not a place in this list; leave out after and id for the first page."})


def _place_in(arguments: Mapping[str, str]) -> Place | None:
    key, name = (arguments.get(each) for each in PLACE_QUERY)
    if key is None and name is None:
        return None
    if key is None or name is None or len(key) + len(name) > _LONGEST_PLACE:
        raise not_a_place()
    return Place(key, name)
