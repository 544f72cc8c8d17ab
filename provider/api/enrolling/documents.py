"""The answers of enrolling."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, jsonify

from catalog.image import DiscoveryDocument
from provider.api.enrolling.schemas import EnrolledSchema, PlannedSchema, ReviewedSchema
from provider.domain.enrolling.change import EntryEdit
from provider.domain.findings.finding import Findings
from provider.services.enrolling.service import CommittedChange, PlannedChange, ReviewedChange

IMAGES = "/api/v1/images"


def planned_answer(planned: PlannedChange) -> Response:
    """The answer to a dry run."""
    return jsonify(PlannedSchema().dump(_checked(planned.plan.edit, planned.plan.diff, planned.findings)))


def committed_answer(made: CommittedChange, status: HTTPStatus, discovery: DiscoveryDocument | None) -> Response:
    """The answer to a change that was committed."""
    edit = made.edit.edit
    document = {
        **_checked(edit, made.edit.diff, made.findings),
        "commit": made.edit.commit,
        "commit_url": made.page,
        "discovery": discovery,
    }
    answer: Response = jsonify(EnrolledSchema().dump(document))
    answer.status_code = status
    if edit.entry:
        answer.headers["Location"] = f"{IMAGES}/{edit.entry.name}"
    return answer


def reviewed_answer(reviewed: ReviewedChange) -> Response:
    """The answer to a change that waits for a review."""
    checked = _checked(reviewed.plan.edit, reviewed.plan.diff, reviewed.findings)
    document = {**checked, "pull_request": reviewed.pull_request}
    answer: Response = jsonify(ReviewedSchema().dump(document))
    answer.status_code = HTTPStatus.ACCEPTED
    return answer


def _checked(edit: EntryEdit, diff: str, findings: Findings) -> Mapping[str, object]:
    return {"image": _image(edit), "diff": diff, "findings": findings.items, "dependencies": findings.bases}


def _image(edit: EntryEdit) -> Mapping[str, object]:
    entry = edit.entry
    name = entry.name if entry else edit.name
    return {
        "name": name,
        "reference": str(entry.reference) if entry else None,
        "file": edit.file,
        "entity_ref": f"resource:default/{name}",
        "enrollment": entry.to_document() if entry else None,
    }
