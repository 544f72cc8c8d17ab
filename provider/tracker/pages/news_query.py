"""The query of the page and of the feed of new releases; an empty filter is no filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provider.auth.strict_query import day_in, midnight, one_of, refused_query
from provider.ports import Place
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.pages.repositories_query import PLACE_QUERY, place_in, place_parameters
from provider.tracker.ports import NewsFilter

FILTERS = ("q", "type", "label", "prereleases", "baseline", "since", "until", "repository")
"""The query parameters that filter, for the page and the feed."""

NEWS_QUERY = (*FILTERS, *PLACE_QUERY)
"""The query parameters of the page."""

ROWS = 30
_LONGEST_TEXT = 200
_HIGHEST_ID = 2**31 - 1
_DAY = timedelta(days=1)
_PERIODS = {"Today": 1, "Last 7 days": 7, "Last 30 days": 30}


@dataclass(frozen=True, slots=True)
class NewsPageQuery:
    """The filters and the start of the page; an empty text is no filter.

    Attributes:
        prereleases: empty, or `false` for none.
        baseline: empty, or `true` for what is not new too.
        since, until: days as `2026-11-26` in UTC, both included.
        repository: the id of a repository.
    """

    text: str = ""
    type: str = ""
    label: str = ""
    prereleases: str = ""
    baseline: str = ""
    since: str = ""
    until: str = ""
    repository: str = ""
    after: Place | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "NewsPageQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: a value is none of its parameter, or `after` and `id` are not a place.
        """
        prereleases = one_of(arguments, "prereleases", ["true", "false"])
        baseline = one_of(arguments, "baseline", ["true", "false"])
        return cls(
            text=arguments.get("q", "").strip()[:_LONGEST_TEXT],
            type=one_of(arguments, "type", list(RepositoryType)),
            label=arguments.get("label", "").strip()[:_LONGEST_TEXT],
            prereleases="" if prereleases == "true" else prereleases,
            baseline="" if baseline == "false" else baseline,
            since=day_in(arguments, "since"),
            until=day_in(arguments, "until"),
            repository=_number_in(arguments, "repository"),
            after=place_in(arguments),
        )

    @property
    def filter(self) -> NewsFilter:
        """For the store."""
        return NewsFilter(
            since=midnight(self.since) if self.since else None,
            until=midnight(self.until) + _DAY if self.until else None,
            repository=int(self.repository) if self.repository else None,
            type=RepositoryType(self.type) if self.type else None,
            query=self.text or None,
            label=self.label or None,
            prereleases=not self.prereleases,
            known=bool(self.baseline),
        )

    @property
    def restricts(self) -> bool:
        """Whether any filter is set that leaves releases out."""
        return any((self.text, self.type, self.label, self.prereleases, self.since, self.until, self.repository))

    def parameters(self, **changes: str) -> dict[str, str]:
        """The URL parameters with the same filters and these changes, for the first page and for the feed."""
        names = FILTERS[1:]
        same = {"q": self.text, **{name: getattr(self, name) for name in names}}
        return {key: value for key, value in {**same, **changes}.items() if value}

    def next_page(self, end: Place) -> dict[str, str]:
        """The URL parameters of the next page."""
        return {**self.parameters(), **place_parameters(end)}

    def periods(self, now: datetime) -> list[tuple[str, dict[str, str], bool]]:
        """Periods to choose: the label of each, its URL parameters, and whether it is chosen."""
        today = now.astimezone(UTC).date()
        begins = {label: (today - (days - 1) * _DAY).isoformat() for label, days in _PERIODS.items()}
        chosen = {label: self.since == begin and not self.until for label, begin in begins.items()}
        return [(label, self.parameters(since=begin, until=""), chosen[label]) for label, begin in begins.items()]


def _number_in(arguments: Mapping[str, str], name: str) -> str:
    text = arguments.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= len(str(_HIGHEST_ID))):
        raise refused_query({name: "Not the id of a repository."})
    if text and int(text) > _HIGHEST_ID:
        raise refused_query({name: "Not the id of a repository."})
    return text
