"""POST /api/v1/images, and PUT and DELETE of one image: commits in the config repository for callers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.enrolling.failures import http_failures
from provider.api.enrolling.schemas import ENTRY_BODY, EnrolledSchema, EnrollingQuery, PlannedSchema, RemovingQuery
from provider.api.resources import ReadingBlueprint, path_parameters
from provider.api.writes import json_writes
from provider.auth.permissions import Action
from provider.auth.rights import standing
from provider.auth.strict_json import parse
from provider.config_repo.enrollments.requested import requested_entry
from provider.domain.enrolling.change import EntryChange, EntryEdit, Requester
from provider.operation_ports import CommittedEdit, PlannedEdit
from provider.services.auditing import audit, outcome_of
from provider.services.enrolling.service import Enrolling

_IMAGES = "/api/v1/images"
_IMAGE = f"{_IMAGES}/<name>"
LARGEST_ENTRY = 64 * 1024
"""Bytes of a body."""
_CODES = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_WITH_BODY = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_DRY_RUN = "The result of a dry run; nothing was committed"
_Query = Mapping[str, Any]


def enrolling_resources(enrolling: Enrolling, now: Callable[[], datetime]) -> Any:
    """The blueprint for enrolling, changing and removing images.

    Args:
        enrolling: makes the changes.
        now: the clock.
    """
    resources = ReadingBlueprint("enrolling", "Enrolling, changing and removing images")
    act = _Acts(enrolling, now)

    def enroll_image(query: _Query) -> Response:
        """Enroll an image.

        Commits the entry in the body to the config repository: to `images.yaml` for an admin, else to the file of the
        team in which a rule of policy.yaml lets the caller be an owner. With `dryRun=true` the response is 200 with
        what would be committed. An error has a message for each field, such as `source.repo`.
        """
        return act.carry_out("enroll-image", None, query, lambda: act.entry(None))

    def change_image(query: _Query, name: str) -> Response:
        """Change the enrollment of an image.

        Replaces the entry by the one in the body; what is left out gets its default. Comments and the order of keys
        stay. With another `name` the image is renamed, and keeps its history. Admins may change every entry, owners
        theirs.
        """
        return act.carry_out("change-image", name, query, lambda: act.entry(name))

    def remove_image(query: _Query, name: str) -> Response:
        """Remove the enrollment of an image.

        Removes the entry; it needs no body. The image is archived, or stays as a base image while others depend on it.
        Admins may remove every entry, owners theirs.
        """
        return act.carry_out("remove-image", name, query, lambda: EntryChange(name, None, query["file"]))

    _route(resources, "POST", _IMAGES, enroll_image, _ENROLLING)
    _route(resources, "PUT", _IMAGE, change_image, _CHANGING)
    _route(resources, "DELETE", _IMAGE, remove_image, _REMOVING)
    return resources.blueprint


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an operation is documented: its status on success, its query, and whether it has a body."""

    status: HTTPStatus
    query: type[EnrollingQuery]
    has_body: bool


_ENROLLING = _Kind(HTTPStatus.CREATED, EnrollingQuery, has_body=True)
_CHANGING = _Kind(HTTPStatus.OK, EnrollingQuery, has_body=True)
_REMOVING = _Kind(HTTPStatus.OK, RemovingQuery, has_body=False)


@dataclass(frozen=True, slots=True)
class _Acts:
    """Carries out the requests."""

    enrolling: Enrolling
    now: Callable[[], datetime]

    def entry(self, name: str | None) -> EntryChange:
        """The change that the body of the current request asks for.

        Raises:
            BadRequest: the body is not JSON.
            EntryRefused: the entry is not valid.
        """
        request.max_content_length = LARGEST_ENTRY
        try:
            document = parse(request.get_data())
        except ValueError as error:
            raise BadRequest(f"The body is {error}.") from None
        wanted = requested_entry(document, self.enrolling.http_hosts, name=name)
        return EntryChange(name, wanted.entry, wanted.file)

    def carry_out(self, action: str, name: str | None, query: _Query, change: Callable[[], EntryChange]) -> Response:
        """Make the change and store its outcome in the audit, or with `dryRun` show what would be committed."""
        if query["dry_run"]:
            with http_failures(self.now):
                who, wanted = _requester(), change()
                return _planned(self.enrolling.plan(wanted, who))
        subject, made = name or "", None
        try:
            with http_failures(self.now):
                who, wanted = _requester(), change()
                subject = wanted.subject
                made = self.enrolling.make(wanted, who)
        except HTTPException as error:
            audit(action, subject, outcome_of(error.code or HTTPStatus.INTERNAL_SERVER_ERROR))
            raise
        except Exception:
            audit(action, subject, "failed")
            raise
        audit(action, subject, "done", reason=f"commit {made.commit}" if made.commit else "nothing to change")
        return _committed(made, HTTPStatus.CREATED if name is None else HTTPStatus.OK)


def _requester() -> Requester:
    known = standing(Action.CHANGE)
    return Requester(known.caller.name, known.with_everything, known.caller.ownership or frozenset())


def _route(resources: ReadingBlueprint, method: str, rule: str, view: Any, kind: _Kind) -> None:
    blueprint = resources.blueprint
    described = blueprint.response(kind.status, EnrolledSchema, description=DESCRIPTIONS[kind.status])(view)
    described = resources.with_query(described, kind.query)
    if kind.status != HTTPStatus.OK:
        described = blueprint.alt_response(HTTPStatus.OK, schema=PlannedSchema, description=_DRY_RUN)(described)
    codes = (*_CODES, *(_WITH_BODY if kind.has_body else ()), *([HTTPStatus.NOT_FOUND] if rule == _IMAGE else ()))
    described = resources.with_errors(described, codes)
    if kind.has_body:
        described = json_writes(blueprint.doc(requestBody=ENTRY_BODY)(described))
    blueprint.route(rule, methods=[method], parameters=path_parameters(rule))(described)


def _planned(planned: PlannedEdit) -> Response:
    return jsonify(PlannedSchema().dump({"image": _image(planned.edit), "diff": planned.diff}))


def _committed(made: CommittedEdit, status: HTTPStatus) -> Response:
    document = {"image": _image(made.edit), "commit": made.commit, "diff": made.diff}
    answer: Response = jsonify(EnrolledSchema().dump(document))
    answer.status_code = status
    if made.edit.entry:
        answer.headers["Location"] = f"{_IMAGES}/{made.edit.entry.name}"
    return answer


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
