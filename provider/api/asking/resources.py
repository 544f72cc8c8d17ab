"""POST /api/v1/images/NAME/rebuilds, and POST and DELETE of holds and skipped digests."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import request
from marshmallow import Schema
from werkzeug.exceptions import UnprocessableEntity

from catalog.times import utc_time
from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.asking.schemas import (
    AcceptedRequestSchema,
    HoldReleaseSchema,
    HoldRequestSchema,
    RebuildRequestSchema,
    SkipRequestSchema,
    UnskipRequestSchema,
)
from provider.api.images import found
from provider.api.resources import ReadingBlueprint, path_parameters
from provider.api.writes import json_writes
from provider.domain.asking.coverage import Covered
from provider.domain.asking.limits import LONGEST_REASON
from provider.domain.asking.request import PersonRequest
from provider.services.asking.acts import Acts, Wish

_IMAGE = "/api/v1/images/<name>"
_REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
Body = Mapping[str, Any]


def asking_resources(acts: Acts) -> Any:
    """The blueprint for what people ask for."""
    resources = ReadingBlueprint("requests", "Rebuilds, holds and skipped digests that people ask for")
    index, now = acts.asking.index, acts.asking.now

    def rebuild_image(body: Body, name: str) -> dict[str, object]:
        """Ask for a rebuild.

        Uses the newest digests that have aged; it ignores holds, `autoRebuild` and an earlier failure. With
        `emergency`, uses the current digests and waits for nothing but parents; for a base image, rebuilds everything
        that is built from it. The response does not wait for the rebuild.
        """
        image = found(index, name)
        wish = Wish(body["reason"], body["cve"], _future(body["until"], now), body["built_from"])
        if body["emergency"]:
            asked, covered = acts.emergency(image, wish)
            return _accepted(asked, asked.images, covered)
        return _accepted(acts.rebuild(image, wish), (name,))

    def hold_image(body: Body, name: str) -> dict[str, object]:
        """Put an image on hold.

        No automatic rebuild starts until the hold ends or is released; a person can still ask for a rebuild.
        """
        return _accepted(acts.hold(found(index, name), Wish(body["reason"], until=_future(body["until"], now))))

    def release_image(body: Body, name: str) -> dict[str, object]:
        """Release an image that is on hold.

        Automatic rebuilds start again. Needs no body; a reason is optional.
        """
        return _accepted(acts.release(found(index, name), Wish(body["reason"])))

    def skip_digest(body: Body, name: str) -> dict[str, object]:
        """Skip a digest.

        The digest of a dependency is never used for this image, not in an emergency either.
        """
        return _accepted(acts.skip(found(index, name), body["digest"], Wish(body["reason"])))

    def unskip_digest(body: Body, name: str) -> dict[str, object]:
        """Use a skipped digest again.

        The digest may be used for this image as soon as it has aged. A reason is optional.
        """
        return _accepted(acts.unskip(found(index, name), body["digest"], Wish(body["reason"])))

    def route(method: str, path: str, kind: str, body: type[Schema], view: Callable[[Body, str], object]) -> None:
        described: Any = resources.blueprint.response(
            HTTPStatus.ACCEPTED, AcceptedRequestSchema, description=DESCRIPTIONS[HTTPStatus.ACCEPTED]
        )(view)
        described = resources.with_query(resources.blueprint.arguments(body)(described), None)
        described = _audited(acts, kind, resources.with_errors(described, _REFUSALS))
        guarded = described if body is HoldReleaseSchema else json_writes(described)
        rule = f"{_IMAGE}/{path}"
        resources.blueprint.route(rule, methods=[method], parameters=path_parameters(rule))(guarded)

    route("POST", "rebuilds", "rebuild", RebuildRequestSchema, rebuild_image)
    route("POST", "hold", "hold", HoldRequestSchema, hold_image)
    route("DELETE", "hold", "release", HoldReleaseSchema, release_image)
    route("POST", "skips", "skip", SkipRequestSchema, skip_digest)
    route("DELETE", "skips", "unskip", UnskipRequestSchema, unskip_digest)
    return resources.blueprint


def _audited(acts: Acts, kind: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """Write one audit record for each attempt, also where the body is refused."""

    @wraps(view)
    def audited(*args: Any, **others: Any) -> Any:
        body = request.get_json(silent=True)
        sent = body if isinstance(body, dict) else {}
        what = "emergency" if kind == "rebuild" and sent.get("emergency") is True else kind
        cve = sent.get("cve")
        with acts.audited(
            what,
            str(others["name"]),
            str(sent.get("reason") or "")[:LONGEST_REASON],
            cve if isinstance(cve, str) else None,
        ):
            return view(*args, **others)

    return audited


def _accepted(
    asked: PersonRequest, images: tuple[str, ...] = (), covered: list[Covered] | None = None
) -> dict[str, object]:
    return {
        "id": asked.id,
        "kind": asked.kind.value,
        "name": asked.name,
        "images": images,
        "not_built": [{"name": each.name, "reason": each.why_not} for each in covered or () if each.why_not],
        "until": asked.until,
        "message": asked.next_step,
    }


def _future(until: datetime | None, now: Callable[[], datetime]) -> datetime | None:
    """The time, which has to lie ahead.

    Raises:
        UnprocessableEntity: it does not.
    """
    if until is not None and until <= now():
        refusal = UnprocessableEntity("The request has an end in the past.")
        text = f"{utc_time(until)} is in the past; it is {utc_time(now())} now."
        refusal.data = {"messages": {"json": {"until": [text]}}}  # type: ignore[attr-defined]  # the format of webargs
        raise refusal
    return until
