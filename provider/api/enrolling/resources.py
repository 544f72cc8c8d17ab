"""POST /api/v1/images, and PUT and DELETE of one image: commits in the config repository for callers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from catalog.image import DiscoveryDocument, DiscoveryStatus
from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.enrolling.documents import IMAGES, committed_answer, planned_answer, reviewed_answer
from provider.api.enrolling.repeatable import HEADER, repeatable
from provider.api.enrolling.schemas import (
    EnrolledSchema,
    EnrollingQuery,
    EntryChangeSchema,
    EntryRequestSchema,
    NewEntryQuery,
    PlannedSchema,
    RemovingQuery,
    ReviewedSchema,
    entry_body,
)
from provider.api.resources import ReadingBlueprint, path_parameters
from provider.api.writes import json_writes
from provider.auth.strict_json import parse
from provider.config_repo.enrollments.requested import requested_entry
from provider.domain.enrolling.change import EntryChange
from provider.services.enrolling.acts import EnrollingActs, MadeChange
from provider.services.enrolling.service import ReviewedChange

_IMAGE = f"{IMAGES}/<name>"
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
_KEY_HEADER: Mapping[str, object] = {
    "name": HEADER,
    "in": "header",
    "description": "1 to 255 visible ASCII characters, new for each request: the same request with the same key gets "
    "the same answer for a day, and makes no second commit",
    "schema": {"type": "string"},
}
_REVIEWED = "A pull request has the change: the settings want that, no rule allows it, or the branch is protected"
_Query = Mapping[str, Any]


def enrolling_resources(acts: EnrollingActs) -> Any:
    """The blueprint for enrolling, changing and removing images."""
    resources = ReadingBlueprint("enrolling", "Enrolling, changing and removing images")
    requests = _Requests(acts)

    def enroll_image(query: _Query) -> Response:
        """Enroll an image.

        Commits the entry in the body to the config repository: to `images.yaml` for an admin, else to the file of the
        team in which a rule of policy.yaml lets the caller be an owner. Checks the source, the registries and the
        build first; an error has a message for each field, such as `source.repo`, and nothing is committed. Waits up
        to 15 seconds for the first discovery. With `dryRun=true` the response is 200 with what would be committed.
        With the header Idempotency-Key a repeated request gets the same answer and makes no second commit.
        """
        return requests.carry_out("enroll-image", None, query, lambda: requests.entry(None))

    def change_image(query: _Query, name: str) -> Response:
        """Change the enrollment of an image.

        Replaces the entry by the one in the body; what is left out gets its default. Comments and the order of keys
        stay. With another `name` the image is renamed, and keeps its history. Admins may change every entry, owners
        theirs.
        """
        return requests.carry_out("change-image", name, query, lambda: requests.entry(name))

    def remove_image(query: _Query, name: str) -> Response:
        """Remove the enrollment of an image.

        Removes the entry; it needs no body. The image is archived, or stays as a base image while others depend on it.
        Admins may remove every entry, owners theirs.
        """
        return requests.carry_out("remove-image", name, query, lambda: EntryChange(name, None, query["file"]))

    _route(resources, "POST", IMAGES, enroll_image, _ENROLLING)
    _route(resources, "PUT", _IMAGE, change_image, _CHANGING)
    _route(resources, "DELETE", _IMAGE, remove_image, _REMOVING)
    return resources.blueprint


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an operation is documented: its status on success, its query, and its body, if it has one."""

    status: HTTPStatus
    query: type[EnrollingQuery]
    body: type[EntryRequestSchema] | None = None


_ENROLLING = _Kind(HTTPStatus.CREATED, NewEntryQuery, EntryRequestSchema)
_CHANGING = _Kind(HTTPStatus.OK, EnrollingQuery, EntryChangeSchema)
_REMOVING = _Kind(HTTPStatus.OK, RemovingQuery)


@dataclass(frozen=True, slots=True)
class _Requests:
    """Carries out the requests."""

    acts: EnrollingActs

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
        wanted = requested_entry(document, self.acts.use_cases.enrolling.http_hosts, name=name)
        return EntryChange(name, wanted.entry, wanted.file)

    def carry_out(self, action: str, name: str | None, query: _Query, change: Callable[[], EntryChange]) -> Response:
        """Make the change, or with `dryRun` show what would be committed."""
        if query["dry_run"]:
            return planned_answer(self.acts.plan(change))
        repeated = partial(repeatable, self.acts.use_cases.keys, self.acts.now())
        answer = partial(self._answer, query.get("wait", 0))
        made: Response = self.acts.make(action, name, change, repeated, answer)
        return made

    def _answer(self, seconds: float, change: EntryChange, made: MadeChange) -> Response:
        if isinstance(made, ReviewedChange):
            return reviewed_answer(made)
        entry = made.edit.edit.entry
        if change.name is not None or entry is None or entry.source is None:
            return committed_answer(made, HTTPStatus.OK if change.name is not None else HTTPStatus.CREATED, None)
        image = self.acts.use_cases.discovery.wait(entry.name, seconds)
        discovery = image.discovery if image else DiscoveryDocument(DiscoveryStatus.PENDING)
        return committed_answer(made, HTTPStatus.CREATED, discovery)


def _route(resources: ReadingBlueprint, method: str, rule: str, view: Any, kind: _Kind) -> None:
    blueprint = resources.blueprint
    described = blueprint.response(kind.status, EnrolledSchema, description=DESCRIPTIONS[kind.status])(view)
    described = resources.with_query(described, kind.query)
    if kind.status != HTTPStatus.OK:
        described = blueprint.alt_response(HTTPStatus.OK, schema=PlannedSchema, description=_DRY_RUN)(described)
    described = blueprint.alt_response(HTTPStatus.ACCEPTED, schema=ReviewedSchema, description=_REVIEWED)(described)
    codes = (*_CODES, *(_WITH_BODY if kind.body else ()), *([HTTPStatus.NOT_FOUND] if rule == _IMAGE else ()))
    described = resources.with_errors(described, codes)
    if kind.body:
        described = json_writes(blueprint.doc(requestBody=entry_body(kind.body))(described))
    parameters = [*path_parameters(rule), _KEY_HEADER]
    blueprint.route(rule, methods=[method], parameters=parameters)(described)
