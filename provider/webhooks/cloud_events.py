"""CloudEvents of any sender (cloudevents.io, "HTTP Protocol Binding"), in binary and structured mode.

Two types are read: ours, `io.image-factory.image.pushed.v1`, with `data {image, digest?}`, and those of the CDEvents
project that say that an artifact was published (cdevents.dev, "Continuous Integration Events"), with a package URL.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.exceptions import BaseCloudEventException
from marshmallow import fields

from provider.domain.events import Event, Ignored
from provider.webhooks.received import (
    PayloadSchema,
    Proof,
    ReceivedWebhook,
    WebhookReading,
    WebhookSender,
    image_pushed,
    read_payload,
)

_OURS = "io.image-factory.image.pushed.v1"
_PUBLISHED = "dev.cdevents.artifact.published."
_OCI = "pkg:oci/"


class _ImageSchema(PayloadSchema):
    image = fields.String(required=True)
    digest = fields.String(load_default=None, allow_none=True)


class _SubjectSchema(PayloadSchema):
    id = fields.String(required=True)


class _CdEventSchema(PayloadSchema):
    subject = fields.Nested(_SubjectSchema, required=True)


def _read(received: ReceivedWebhook) -> WebhookReading:
    try:
        event = from_http_event(HTTPMessage(dict(received.headers), received.body))
        kind, number = event.get_type(), f"{event.get_source()} {event.get_id()}"
    except (BaseCloudEventException, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        # The library reads attributes of any JSON as if it were an event.
        reason = f"not a CloudEvent 1.0 in structured or binary mode: {str(error)[:200]}"
        return WebhookReading("", Ignored(reason), received.body_id)
    found = _event(event)
    return WebhookReading(kind, found if isinstance(found, Ignored) else (found,), number)


def _event(event: BaseCloudEvent) -> Event | Ignored:
    kind = event.get_type()
    if kind == _OURS:
        payload = read_payload(_ImageSchema, event.get_data())
        return payload if isinstance(payload, Ignored) else image_pushed(payload["image"], payload["digest"])
    if kind.startswith(_PUBLISHED):
        payload = read_payload(_CdEventSchema, event.get_data())
        return payload if isinstance(payload, Ignored) else _published(payload)
    return Ignored(f"the type {kind[:80]!r} asks for nothing; send {_OURS} or {_PUBLISHED}*")


def _published(payload: Mapping[str, Any]) -> Event | Ignored:
    """The image of a package URL (github.com/package-url/purl-spec, type `oci`)."""
    purl: str = payload["subject"]["id"]
    if not purl.startswith(_OCI):
        return Ignored("the artifact is not a container image: its id does not begin with pkg:oci/")
    path, _, query = purl.removeprefix(_OCI).partition("#")[0].partition("?")
    try:
        qualifiers = {key: values[-1] for key, values in parse_qs(query).items()}
    except ValueError as error:
        return Ignored(f"the package URL cannot be read: {error}")
    if not {"repository_url", "tag"} <= set(qualifiers):
        return Ignored("the package URL needs repository_url and tag")
    digest = unquote(path.partition("@")[2])
    return image_pushed(f"{qualifiers['repository_url']}:{qualifiers['tag']}", digest)


CLOUD_EVENTS = WebhookSender("cloudevents", "CloudEvents", Proof.SECRET_IN_PATH, _read)
