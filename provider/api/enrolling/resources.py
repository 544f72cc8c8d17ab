"""POST /api/v1/images, and PUT and DELETE of one image: commits in the config repository for callers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, HTTPException

from catalog.image import DiscoveryDocument, DiscoveryStatus
from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.enrolling.documents import IMAGES, committed_answer, planned_answer, reviewed_answer
from provider.api.enrolling.failures import http_failures
from provider.api.enrolling.repeatable import HEADER, repeatable
from provider.api.enrolling.schemas import (
    ENTRY_BODY,
    EnrolledSchema,
    EnrollingQuery,
    NewEntryQuery,
    PlannedSchema,
    RemovingQuery,
    ReviewedSchema,
)
from provider.api.resources import ReadingBlueprint, path_parameters
from provider.api.writes import json_writes
from provider.auth.permissions import Action
from provider.auth.rights import standing
from provider.auth.strict_json import parse
from provider.config_repo.enrollments.requested import requested_entry
from provider.domain.enrolling.change import EntryChange, Requester
from provider.services.auditing import audit, outcome_of
from provider.services.enrolling.service import ReviewedChange
from provider.services.enrolling.use_cases import EnrollingUseCases

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


def enrolling_resources(use_cases: EnrollingUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for enrolling, changing and removing images.

    Args:
        use_cases: makes the changes.
        now: the clock.
    """
    resources = ReadingBlueprint("enrolling", "Enrolling, changing and removing images")
    act = _Acts(use_cases, now)

    def enroll_image(query: _Query) -> Response:
        """Enroll an image.

        Commits the entry in the body to the config repository: to `images.yaml` for an admin, else to the file of the
        team in which a rule of policy.yaml lets the caller be an owner. Checks the source, the registries and the
        build first; an error has a message for each field, such as `source.repo`, and nothing is committed. Waits up
        to 15 seconds for the first discovery. With `dryRun=true` the response is 200 with what would be committed.
        With the header Idempotency-Key a repeated request gets the same answer and makes no second commit.
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

    _route(resources, "POST", IMAGES, enroll_image, _ENROLLING)
    _route(resources, "PUT", _IMAGE, change_image, _CHANGING)
    _route(resources, "DELETE", _IMAGE, remove_image, _REMOVING)
    return resources.blueprint


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an operation is documented: its status on success, its query, and whether it has a body."""

    status: HTTPStatus
    query: type[EnrollingQuery]
    has_body: bool


_ENROLLING = _Kind(HTTPStatus.CREATED, NewEntryQuery, has_body=True)
_CHANGING = _Kind(HTTPStatus.OK, EnrollingQuery, has_body=True)
_REMOVING = _Kind(HTTPStatus.OK, RemovingQuery, has_body=False)


@dataclass(frozen=True, slots=True)
class _Acts:
    """Carries out the requests."""

    use_cases: EnrollingUseCases
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
        wanted = requested_entry(document, self.use_cases.enrolling.http_hosts, name=name)
        return EntryChange(name, wanted.entry, wanted.file)

    def carry_out(self, action: str, name: str | None, query: _Query, change: Callable[[], EntryChange]) -> Response:
        """Make the change and store its outcome in the audit, or with `dryRun` show what would be committed."""
        if query["dry_run"]:
            with http_failures(self.now):
                who, wanted = _requester(), change()
                return planned_answer(self.use_cases.enrolling.plan(wanted, who))
        with _audited(action, name or "") as act, http_failures(self.now):
            who, wanted = _requester(), change()
            act.name = wanted.subject
            make = partial(self._made, act, wanted, who, query.get("wait", 0))
            return repeatable(self.use_cases.keys, who.name, self.now(), make)

    def _made(self, act: "_Act", change: EntryChange, who: Requester, seconds: float) -> Response:
        made = self.use_cases.enrolling.make(change, who)
        if isinstance(made, ReviewedChange):
            act.done(f"pull request {made.pull_request.url}")
            return reviewed_answer(made)
        commit, entry = made.edit.commit, made.edit.edit.entry
        act.done(f"commit {commit}" if commit else "nothing to change")
        if change.name is not None or entry is None or entry.source is None:
            return committed_answer(made, HTTPStatus.OK if change.name is not None else HTTPStatus.CREATED, None)
        image = self.use_cases.discovery.wait(entry.name, seconds)
        discovery = image.discovery if image else DiscoveryDocument(DiscoveryStatus.PENDING)
        return committed_answer(made, HTTPStatus.CREATED, discovery)


class _Act:
    """An act of a caller, for the audit; the same answer to a repeated request is no act."""

    def __init__(self, action: str, name: str) -> None:
        self._action = action
        self.name = name

    def done(self, reason: str) -> None:
        """It was done."""
        audit(self._action, self.name, "done", reason=reason)

    def ended(self, outcome: str) -> None:
        """It was not done."""
        audit(self._action, self.name, outcome)


@contextmanager
def _audited(action: str, name: str) -> Iterator[_Act]:
    """Store the outcome of an act that raises; the act stores itself when it is done."""
    act = _Act(action, name)
    try:
        yield act
    except HTTPException as error:
        act.ended(outcome_of(error.code or HTTPStatus.INTERNAL_SERVER_ERROR))
        raise
    except Exception:
        act.ended("failed")
        raise


def _requester() -> Requester:
    known = standing(Action.CHANGE)
    return Requester(known.caller.name, known.with_everything, known.caller.ownership or frozenset())


def _route(resources: ReadingBlueprint, method: str, rule: str, view: Any, kind: _Kind) -> None:
    blueprint = resources.blueprint
    described = blueprint.response(kind.status, EnrolledSchema, description=DESCRIPTIONS[kind.status])(view)
    described = resources.with_query(described, kind.query)
    if kind.status != HTTPStatus.OK:
        described = blueprint.alt_response(HTTPStatus.OK, schema=PlannedSchema, description=_DRY_RUN)(described)
    described = blueprint.alt_response(HTTPStatus.ACCEPTED, schema=ReviewedSchema, description=_REVIEWED)(described)
    codes = (*_CODES, *(_WITH_BODY if kind.has_body else ()), *([HTTPStatus.NOT_FOUND] if rule == _IMAGE else ()))
    described = resources.with_errors(described, codes)
    if kind.has_body:
        described = json_writes(blueprint.doc(requestBody=ENTRY_BODY)(described))
    parameters = [*path_parameters(rule), _KEY_HEADER]
    blueprint.route(rule, methods=[method], parameters=parameters)(described)
