"""The page of the base images that changed."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, request, url_for

from provider.auth.strict_query import takes
from provider.operation_ports import HistoryFilter, ImageHistories
from provider.pages.records.query import ROWS, not_a_place, query_names, records_query
from provider.pages.rendering import rendered

FILTERS = ("image",)
_USUAL = "7d"


def add_changes(blueprint: Blueprint, histories: ImageHistories, now: Callable[[], datetime]) -> None:
    """Serve /changes."""

    @blueprint.get("/changes")
    @takes(*query_names(FILTERS))
    def changes() -> str:
        at = now()
        query = records_query(request.args, FILTERS, _USUAL)
        wanted = HistoryFilter(*query.period.bounds(at), image=query.word("image"), moves=True)
        try:
            page = histories.updates(wanted, 1, ROWS, query.after)
        except ValueError:
            raise not_a_place() from None
        return rendered(
            "records/changes.html",
            query=query,
            page=page,
            dependents=histories.dependents({found.image for found in page.items}),
            csv=url_for("histories.list_all_updates", **query.api_parameters(at, moves="true")),
        )
