"""POST /api/v1/removals: an admin allows removals that wait, because too many would be removed at once."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.asking.schemas import AcceptedRequestSchema, RemovalsRequestSchema
from provider.api.resources import ReadingBlueprint
from provider.api.writes import json_writes
from provider.services.asking.acts import Acts

_REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


def removals_resources(acts: Acts) -> Any:
    """The blueprint for removals."""
    resources = ReadingBlueprint("removals", "Removals of many images that wait for an admin")

    def allow_removals(body: Mapping[str, Any]) -> dict[str, object]:
        """Allow removals that wait.

        A file that would lose more than a fifth of its images at once, and more than five, keeps them until an admin
        allows it: here, or with `removals` in policy.yaml. `GET /api/v1/problems` says how many wait; if others were
        added after that, the answer is 409. The response does not wait for the removal.
        """
        with acts.audited("removals", body["file"], body["reason"]):
            asked = acts.removals(body["file"], body["count"], body["reason"])
        shown = {"id": asked.id, "kind": asked.kind.value, "name": asked.name, "images": asked.images}
        return {**shown, "not_built": [], "until": None, "message": asked.next_step}

    blueprint = resources.blueprint
    accepted = blueprint.response(
        HTTPStatus.ACCEPTED, AcceptedRequestSchema, description=DESCRIPTIONS[HTTPStatus.ACCEPTED]
    )(allow_removals)
    described = resources.with_query(blueprint.arguments(RemovalsRequestSchema)(accepted), None)
    blueprint.route("/api/v1/removals", methods=["POST"])(json_writes(resources.with_errors(described, _REFUSALS)))
    return blueprint
