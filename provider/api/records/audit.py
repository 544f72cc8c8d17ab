"""GET /api/v1/audit: what callers did."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from flask import Response

from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.paging import PagedAnswer, PageDocument, newest_first
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat
from provider.api.schemas.operations import AuditPageSchema, AuditQuery, AuditRecordSchema
from provider.operation_ports import AuditFilter, AuditLog, AuditRecord

_FILTERS = tuple(field.name for field in dataclasses.fields(AuditFilter))


def audit_resources(records: AuditLog) -> Any:
    """The blueprint for the audit."""
    resources = ReadingBlueprint("audit", "What callers did")

    @resources.get("/api/v1/audit", AuditPageSchema, AuditQuery, responses=json_or_csv(AuditPageSchema))
    def list_audit(query: Mapping[str, Any]) -> PagedAnswer | Response:
        """List what callers did.

        Returns each attempt of a known caller to change something, the newest first: who, when, what, why, and how it
        ended. Attempts without a known caller are in the log only.
        """
        wanted = AuditFilter(**{name: query[name] for name in _FILTERS})
        if query["format"] is ListFormat.CSV:
            schema = AuditRecordSchema()
            rows = (row_of(schema, _document(record)) for record in records.every_record(wanted))
            return csv_answer("audit", columns_of(schema), rows)
        return newest_first(query, lambda *where: records.records(wanted, *where), _document)

    return resources.blueprint


def _document(record: AuditRecord) -> PageDocument:
    return dataclasses.asdict(record)
