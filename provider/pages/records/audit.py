"""The page of what callers did."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, request, url_for

from provider.auth.strict_query import takes
from provider.operation_ports import AUDIT_OUTCOMES, AuditFilter, AuditLog
from provider.pages.records.callers import my_owners
from provider.pages.records.query import ROWS, RecordsQuery, not_a_place, query_names, records_query
from provider.pages.rendering import rendered
from provider.ports import ImageIndex

FILTERS = ("owner", "caller", "action", "name", "outcome")
_USUAL = "30d"
_CHOICES = {"outcome": AUDIT_OUTCOMES}


def add_audit(blueprint: Blueprint, records: AuditLog, index: ImageIndex, now: Callable[[], datetime]) -> None:
    """Serve /audit."""

    @blueprint.get("/audit")
    @takes(*query_names(FILTERS))
    def audit() -> str:
        mine, at = my_owners(), now()
        query = records_query(request.args, FILTERS, _USUAL, mine, _CHOICES)
        try:
            page = records.records(_filter(query, at), 1, ROWS, query.after)
        except ValueError:
            raise not_a_place() from None
        return rendered(
            "records/audit.html",
            query=query,
            page=page,
            images=index.owners({record.name for record in page.items}),
            mine=mine,
            outcomes=AUDIT_OUTCOMES,
            csv=url_for("audit.list_audit", **query.api_parameters(at)),
        )


def _filter(query: RecordsQuery, now: datetime) -> AuditFilter:
    return AuditFilter(
        *query.period.bounds(now),
        caller=query.word("caller"),
        action=query.word("action"),
        outcome=query.word("outcome"),
        name=query.word("name"),
        owner=query.owner,
    )
