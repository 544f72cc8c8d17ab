"""Docker Hub's webhooks (docs.docker.com, "Webhooks" of Docker Hub): no signature and no digest."""

from marshmallow import fields

from catalog.reference import DOCKER_HUB as REGISTRY
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

_KIND = "push"


class _HubRepositorySchema(PayloadSchema):
    repo_name = fields.String(required=True)


class _PushDataSchema(PayloadSchema):
    tag = fields.String(required=True)


class _HubSchema(PayloadSchema):
    repository = fields.Nested(_HubRepositorySchema, required=True)
    push_data = fields.Nested(_PushDataSchema, required=True)


def _read(received: ReceivedWebhook) -> WebhookReading:
    payload = read_payload(_HubSchema, received.payload)
    if isinstance(payload, Ignored):
        return WebhookReading(_KIND, payload, received.body_id)
    reference = f"{REGISTRY}/{payload['repository']['repo_name']}:{payload['push_data']['tag']}"
    # The body has the time of the push and an address that is used once: an equal one is sent again.
    return WebhookReading(_KIND, events_or_reason([image_pushed(reference, None)], ""), received.body_id)


DOCKER_HUB = WebhookSender("docker-hub", "Docker Hub", Proof.SECRET_IN_PATH, _read)
