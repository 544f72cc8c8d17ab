"""Quay's repository notifications (docs.redhat.com, "Repository notifications", event Repository Push)."""

from typing import Any

from marshmallow import ValidationError, fields

from provider.domain.events import Ignored
from provider.webhooks.received import (
    PayloadSchema,
    Proof,
    ReceivedWebhook,
    WebhookReading,
    WebhookSender,
    events_or_reason,
    image_pushed,
    read_payload,
)

_KIND = "repo_push"


class _Tags(fields.Field[list[str]]):
    """A list of tags; an old Quay sends a map from tag to image."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:  # noqa: ARG002 - marshmallow's signature
        tags = list(value) if isinstance(value, list | dict) else None
        if tags is None or not all(isinstance(tag, str) for tag in tags):
            raise ValidationError("Not a list of tags.")
        return tags


class _QuaySchema(PayloadSchema):
    docker_url = fields.String(required=True)
    updated_tags = _Tags(required=True)


def _read(received: ReceivedWebhook) -> WebhookReading:
    payload = read_payload(_QuaySchema, received.payload)
    if isinstance(payload, Ignored):
        return WebhookReading(_KIND, Ignored(f"not a push to a repository: {payload.reason}"), None)
    pushed = (image_pushed(f"{payload['docker_url']}:{tag}", None) for tag in payload["updated_tags"])
    # Every push of the same tags has the same body.
    return WebhookReading(_KIND, events_or_reason(pushed, "the push changed no tags"), None)


QUAY = WebhookSender("quay", "Quay", Proof.SECRET_IN_PATH, _read)
