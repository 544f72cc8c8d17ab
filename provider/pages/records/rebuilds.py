"""The page of the rebuilds of all images, with their numbers and times."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, request, url_for

from catalog.image import Conclusion
from provider.auth.strict_query import one_of, takes
from provider.domain.records.rebuild_times import times_of
from provider.operation_ports import HistoryFilter, ImageHistories
from provider.pages.records.callers import my_owners
from provider.pages.records.query import ROWS, RecordsQuery, not_a_place, query_names, records_query
from provider.pages.rendering import rendered

FILTERS = ("owner", "image", "conclusion", "requestedBy", "cve")
MANY = 20_000
"""Of more rebuilds than this, a page does not wait for the figures: they follow."""
_FIGURES = "figures"
_USUAL = "7d"
_CHOICES = {"conclusion": list(Conclusion)}


def add_rebuilds(blueprint: Blueprint, histories: ImageHistories, now: Callable[[], datetime]) -> None:
    """Serve /rebuilds."""

    @blueprint.get("/rebuilds")
    @takes(*query_names(FILTERS), _FIGURES)
    def rebuilds() -> str:
        mine, at = my_owners(), now()
        query = records_query(request.args, FILTERS, _USUAL, mine, _CHOICES)
        wanted = _filter(query, at)
        try:
            page = histories.rebuilds(wanted, 1, ROWS, query.after)
        except ValueError:
            raise not_a_place() from None
        at_once = page.total <= MANY or one_of(request.args, _FIGURES, ["true"])
        return rendered(
            "records/rebuilds.html",
            query=query,
            page=page,
            summary=histories.summary(wanted) if at_once and query.after is None else None,
            later={**query.parameters(), _FIGURES: "true"} if not at_once and query.after is None else None,
            times=[times_of(found.rebuild) for found in page.items],
            mine=mine,
            conclusions=list(Conclusion),
            csv=_csv(query, at),
        )


def _filter(query: RecordsQuery, now: datetime) -> HistoryFilter:
    conclusion = query.word("conclusion")
    return HistoryFilter(
        *query.period.bounds(now),
        query.owner,
        Conclusion(conclusion) if conclusion else None,
        image=query.word("image"),
        requested_by=query.word("requestedBy"),
        cve=query.word("cve"),
    )


def _csv(query: RecordsQuery, now: datetime) -> str:
    return url_for("histories.list_all_rebuilds", **query.api_parameters(now))
