"""Notifications of a registry of the distribution project (distribution.github.io, "Notifications").

It sends one event for each manifest and layer. Those without a tag are layers, or the platforms of an image.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

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

_KIND = "push"


class _TargetSchema(PayloadSchema):
    repository = fields.String(required=True)
    tag = fields.String(load_default=None, allow_none=True)
    digest = fields.String(load_default=None, allow_none=True)
    url = fields.String(load_default=None, allow_none=True)


class _RequestSchema(PayloadSchema):
    host = fields.String(load_default=None, allow_none=True)


class _RegistryEventSchema(PayloadSchema):
    id = fields.String(load_default=None, allow_none=True)
    action = fields.String(required=True)
    target = fields.Nested(_TargetSchema, required=True)
    request = fields.Nested(_RequestSchema, load_default=None, allow_none=True)


class _EnvelopeSchema(PayloadSchema):
    events = fields.List(fields.Nested(_RegistryEventSchema), required=True)


def _read(received: ReceivedWebhook) -> WebhookReading:
    payload = read_payload(_EnvelopeSchema, received.payload)
    if isinstance(payload, Ignored):
        return WebhookReading(_KIND, payload, received.body_id)
    events = payload["events"]
    kind = events[0]["action"] if len({each["action"] for each in events}) == 1 else _KIND
    ids = [each["id"] for each in events]
    number = hashlib.sha256("\n".join(ids).encode("utf-8", "replace")).hexdigest() if ids and all(ids) else None
    found = events_or_reason(map(_pushed, events), "the notification has no events")
    return WebhookReading(kind, found, number or received.body_id)


def _pushed(event: Mapping[str, Any]) -> Event | Ignored:
    target = event["target"]
    if event["action"] != "push":
        return Ignored(f"the action {event['action'][:80]!r} changes no tag")
    if not target["tag"]:
        return Ignored("a manifest or layer without a tag, such as one platform of an image, was pushed")
    host = _host(target["url"]) or (event["request"] or {}).get("host")
    if not host:
        return Ignored("the event names no registry: neither target.url nor request.host is set")
    return image_pushed(f"{host}/{target['repository']}:{target['tag']}", target["digest"])


def _host(address: str | None) -> str | None:
    """The registry of the address; it has the public name if `http.host` is set in the registry's configuration."""
    try:
        return urlsplit(address or "").netloc.rpartition("@")[2] or None
    except ValueError:
        return None


DISTRIBUTION = WebhookSender("distribution", "Registry notifications", Proof.SECRET_IN_PATH, _read)
