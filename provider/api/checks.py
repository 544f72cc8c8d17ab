"""GET and POST /api/v1/checks: when each part checks, and a check now."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response
from werkzeug.exceptions import UnprocessableEntity

from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.answers.paging import PagedAnswer, PageDocument, Window, page_document
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat
from provider.api.schemas.operations import (
    AcceptedCheckSchema,
    CheckRequestSchema,
    PartCheckPageSchema,
    PartCheckQuery,
    PartCheckSchema,
)
from provider.api.writes import json_writes
from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.ports import ImageIndex
from provider.services.checks import Checks, PartCheck, ask_as_caller

_CHECKS = "/api/v1/checks"
_REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


def checks_resources(checks: Checks, index: ImageIndex, now: Callable[[], datetime]) -> Any:
    """The blueprint for checks."""
    resources = ReadingBlueprint("checks", "When each part checks, and checks on request")

    @resources.get(_CHECKS, PartCheckPageSchema, PartCheckQuery, responses=json_or_csv(PartCheckPageSchema))
    def list_checks(query: Mapping[str, Any]) -> PagedAnswer | Response:
        """List when each part last checked, and when it checks next.

        The next check starts at the given time at the latest; webhooks and requests start it earlier.
        """
        parts = checks.parts()
        if query["format"] is ListFormat.CSV:
            schema = PartCheckSchema()
            rows = (row_of(schema, _document(part)) for part in parts)
            return csv_answer("checks", columns_of(schema), rows)
        window = Window.of(query)
        here, end = window.cut(parts, "parts", lambda part: part.part)
        return page_document([_document(part) for part in here], len(parts), window, "parts", end)

    def ask_for_a_check(body: Mapping[str, Any]) -> dict[str, object]:
        """Ask for a check now.

        Checks the named images and their dependencies, or everything, even if it was just checked. The response does
        not wait for the check. The caller needs the role rebuild or admin, or has to own all named images.
        """
        names = list(dict.fromkeys(body["names"]))
        ask_as_caller(checks, names, now(), lambda: _require(index, names))
        return {"names": names}

    blueprint = resources.blueprint
    accepted = blueprint.response(
        HTTPStatus.ACCEPTED, AcceptedCheckSchema, description=DESCRIPTIONS[HTTPStatus.ACCEPTED]
    )
    described = resources.with_query(blueprint.arguments(CheckRequestSchema)(accepted(ask_for_a_check)), None)
    blueprint.route(_CHECKS, methods=["POST"])(json_writes(resources.with_errors(described, _REFUSALS)))
    return blueprint


def _document(part: PartCheck) -> PageDocument:
    return {
        "part": part.part,
        "last_at": part.last_at,
        "next_at": part.next_at,
        "problem": part.problem,
        "resting": part.resting,
    }


def _require(index: ImageIndex, names: Sequence[str]) -> None:
    """Check the permission for each image; without names, for all of them.

    Raises:
        Forbidden: it is missing.
        UnprocessableEntity: there is no such image.
    """
    if not names:
        require(Action.REBUILD, owner=None)
    unknown = []
    for name in names:
        image = index.image(name)
        # For an unknown image too, so that its answer shows no more than that of an image of somebody else.
        require(Action.REBUILD, image.acting_owner if image else None)
        if image is None:
            unknown.append(name)
    if unknown:
        refusal = UnprocessableEntity("Some images do not exist; GET /api/v1/images lists the tracked images.")
        messages = {"names": [f"There is no image named {name}." for name in unknown]}
        refusal.data = {"messages": {"json": messages}}  # type: ignore[attr-defined]  # the format of webargs
        raise refusal
