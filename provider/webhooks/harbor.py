"""Harbor's webhooks (goharbor.io, "Configure Webhook Notifications"), in its own format and as CloudEvents."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields

from provider.domain.events import Event, Ignored
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

_PUSHES = frozenset({"PUSH_ARTIFACT", "harbor.artifact.pushed"})


class _ResourceSchema(PayloadSchema):
    resource_url = fields.String(required=True)
    digest = fields.String(load_default=None, allow_none=True)


class _ResourcesSchema(PayloadSchema):
    resources = fields.List(fields.Nested(_ResourceSchema), required=True)


class _TypeSchema(PayloadSchema):
    type = fields.String(required=True)
    # Only in a CloudEvent.
    id = fields.String(load_default=None, allow_none=True)


class _HarborSchema(PayloadSchema):
    event_data = fields.Nested(_ResourcesSchema, required=True)


class _HarborCloudEventSchema(PayloadSchema):
    event_data = fields.Nested(_ResourcesSchema, required=True, data_key="data")


def _read(received: ReceivedWebhook) -> WebhookReading:
    named = read_payload(_TypeSchema, received.payload)
    if isinstance(named, Ignored):
        return WebhookReading("", named, received.body_id)
    kind, number = named["type"], named["id"] or received.body_id
    if kind not in _PUSHES:
        return WebhookReading(
            kind, Ignored(f"the event {kind[:80]!r} asks for nothing; choose Artifact pushed"), number
        )
    schema = _HarborCloudEventSchema if kind.startswith("harbor.") else _HarborSchema
    payload = read_payload(schema, received.payload)
    if isinstance(payload, Ignored):
        return WebhookReading(kind, payload, number)
    return WebhookReading(kind, events_or_reason(_pushed(payload), "the push names no artifact"), number)


def _pushed(payload: Mapping[str, Any]) -> Iterator[Event | Ignored]:
    for resource in payload["event_data"]["resources"]:
        yield image_pushed(resource["resource_url"], resource["digest"])


HARBOR = WebhookSender("harbor", "Harbor", Proof.SECRET_IN_PATH, _read)
