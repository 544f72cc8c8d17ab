"""Import and export of tracked repositories."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.answers.paging import PageDocument
from provider.api.changes import ChangingBlueprint
from provider.tracker.api.failures import refusals, refused_field
from provider.tracker.api.repositories import REPOSITORIES
from provider.tracker.api.request_schemas import LONGEST_IMPORT, DryRunQuery, ExportQuery, ImportSchema
from provider.tracker.api.schemas import ImportReportSchema
from provider.tracker.decisions.repository import Address
from provider.tracker.services.transferring import ImportReport, TransferFormat
from provider.tracker.services.use_cases import TrackerUseCases

_MEDIA_TYPES = {TransferFormat.CSV: "text/csv", TransferFormat.YAML: "application/yaml"}
_EXPORTED = {
    "description": DESCRIPTIONS[HTTPStatus.OK],
    "content": {"text/csv": {"schema": {"type": "string"}}, "application/yaml": {"schema": {"type": "object"}}},
}
_MOST_PROBLEMS = 200
# JSON can need six bytes for a character, but few characters need more than two.
_LARGEST_IMPORT = 2 * LONGEST_IMPORT


def transfers_resources(tracker: TrackerUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for import and export."""
    resources = ChangingBlueprint("transfers", "Import and export of tracked repositories")
    blueprint = resources.blueprint

    def export_repositories(query: Mapping[str, Any]) -> Response:
        """Export all tracked repositories.

        Returns CSV or YAML that can be imported again.
        """
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
        """Import repositories.

        Tracks every repository in the text, or none if there is a problem; the response then has a message for each
        problem with its line. Repositories that are already tracked are not changed. Addresses are not read now but by
        the first poll. With `dryRun=true` nothing is written.
        """
        with refusals(now, REPOSITORIES):
            report = tracker.transferring.import_text(body["text"], body["format"], dry_run=query["dry_run"])
        if report.problems:
            shown = [str(problem) for problem in report.problems[:_MOST_PROBLEMS]]
            more = len(report.problems) - len(shown)
            raise refused_field("text", *shown, *([f"and {more} more problems"] if more else []))
        return import_document(report)

    described = blueprint.response(HTTPStatus.OK, {"type": "string"}, content_type="text/csv")(export_repositories)
    described = resources.with_query(described, ExportQuery)
    described = resources.with_errors(described, [HTTPStatus.UNAUTHORIZED])
    described = blueprint.doc(responses={str(HTTPStatus.OK.value): _EXPORTED})(described)
    blueprint.route(f"{REPOSITORIES}/export", methods=["GET"])(described)
    return blueprint


def import_document(report: ImportReport) -> PageDocument:
    """All attributes that `ImportReportSchema` shows."""
    return {
        "added": [_imported(repository, entry.name, entry.address) for repository, entry in report.added],
        "duplicates": [_imported(known.id, known.name, known.address) for known, _ in report.duplicates],
    }


def _imported(repository: int | None, name: str, address: Address) -> PageDocument:
    return {"id": repository, "name": name, "url": address.url, "type": address.type}
