"""Import and export of tracked repositories."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response

from provider.api.answers.paging import PageDocument
from provider.api.changes import ChangingBlueprint
from provider.api.schemas.images import ProblemSchema
from provider.tracker.api.failures import refusals, refused_field
from provider.tracker.api.repositories import REPOSITORIES
from provider.tracker.api.schemas import (
    LONGEST_IMPORT,
    DryRunQuery,
    ExportQuery,
    ImportReportSchema,
    ImportSchema,
)
from provider.tracker.decisions.repository import Address
from provider.tracker.services.transferring import TransferFormat
from provider.tracker.services.use_cases import TrackerUseCases

_MEDIA_TYPES = {TransferFormat.CSV: "text/csv", TransferFormat.YAML: "application/yaml"}
_CONTENT = {"text/csv": {"schema": {"type": "string"}}, "application/yaml": {"schema": {"type": "object"}}}
_MOST_PROBLEMS = 200
# JSON may write a character in six bytes, but few are.
_LARGEST_IMPORT = 2 * LONGEST_IMPORT


def transfers_resources(tracker: TrackerUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for import and export."""
    resources = ChangingBlueprint("transfers", "Tracked repositories as CSV and YAML")
    blueprint = resources.blueprint

    def export_repositories(query: Mapping[str, Any]) -> Response:
        """Write all tracked repositories down, as an import reads them."""
        form: TransferFormat = query["format"]
        answer = Response(tracker.transferring.export_text(form), content_type=f"{_MEDIA_TYPES[form]}; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="repositories.{form.value}"'
        return answer

    @resources.change(
        "POST",
        f"{REPOSITORIES}/import",
        ImportReportSchema,
        query=DryRunQuery,
        body=ImportSchema,
        largest=_LARGEST_IMPORT,
    )
    def import_repositories(query: Mapping[str, Any], body: Mapping[str, Any]) -> PageDocument:
        """Track every repository of a text, all or none; those that are tracked already are left as they are.

        Every problem is told by its line. Addresses are looked at by their first poll, not here. With dryRun nothing is
        written.
        """
        with refusals(now, REPOSITORIES):
            report = tracker.transferring.import_text(body["text"], body["format"], dry_run=query["dry_run"])
        if report.problems:
            told = [str(problem) for problem in report.problems[:_MOST_PROBLEMS]]
            more = len(report.problems) - len(told)
            raise refused_field("text", *told, *([f"and {more} more problems"] if more else []))
        return {
            "added": [_imported(number, entry.name, entry.address) for number, entry in report.added],
            "duplicates": [_imported(there.id, there.name, there.address) for there, _ in report.duplicates],
        }

    described = blueprint.response(HTTPStatus.OK, {"type": "string"}, content_type="text/csv")(export_repositories)
    described = blueprint.arguments(ExportQuery, location="query")(described)
    described = blueprint.alt_response(HTTPStatus.UNAUTHORIZED, schema=ProblemSchema)(described)
    described = blueprint.doc(responses={str(HTTPStatus.OK.value): {"content": _CONTENT}})(described)
    blueprint.route(f"{REPOSITORIES}/export", methods=["GET"])(described)
    return blueprint


def _imported(number: int | None, name: str, address: Address) -> PageDocument:
    return {"id": number, "name": name, "url": address.url, "type": address.type}
