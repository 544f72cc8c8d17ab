"""Requests of each sender of webhooks, with a proof that is right, wrong or missing."""

import json
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

from provider.api.webhooks.proofs import header_of
from provider.webhooks.received import Proof, WebhookSender
from tests.provider.permissions.permission_world import GITHUB_SECRET, SHARED_SECRET
from tests.provider.webhook_web import signature
from tests.provider.webhooks.deliveries import (
    DOCKER_HUB_PUSH,
    GITLAB_PUSH,
    HARBOR_PUSH,
    OUR_CLOUD_EVENT,
    QUAY_PUSH,
    A,
    github_sample,
    registry_event,
)

PAYLOADS: Mapping[str, object] = {
    "github": github_sample("push.0", ref="refs/heads/main"),
    "gitlab": GITLAB_PUSH,
    "docker-hub": DOCKER_HUB_PUSH,
    "quay": QUAY_PUSH,
    "harbor": HARBOR_PUSH,
    "distribution": {"events": [registry_event(1, A, "1.2")]},
    "cloudevents": OUR_CLOUD_EVENT,
    "builds": {"status": "completed", "conclusion": "success"},
}
_TYPES = {"cloudevents": "application/cloudevents+json"}
_HEADERS = {
    "github": {"X-GitHub-Event": "push", "X-GitHub-Delivery": "delivery-1"},
    "gitlab": {"X-Gitlab-Event": "Push Hook"},
}


def webhook_status(client: FlaskClient, sender: WebhookSender, secret: str | None, headers: Mapping[str, str]) -> int:
    """The status of the answer to a webhook.

    Args:
        client: asks the web part.
        sender: whose webhook it is.
        secret: the secret of the proof; None: there is no proof.
        headers: others of the request.
    """
    body = json.dumps(PAYLOADS[sender.name]).encode()
    sent = {
        "Content-Type": _TYPES.get(sender.name, "application/json"),
        **_HEADERS.get(sender.name, {}),
        **headers,
    }
    path = f"/webhooks/{sender.name}"
    if sender.proof is Proof.SECRET_IN_PATH:
        path += f"/{secret or 'none'}"
    elif sender.name == "builds":
        path += "/0123456789ab"
    header = header_of(sender.proof)
    if header and secret:
        sent[header] = secret if sender.proof is Proof.GITLAB_TOKEN else signature(body, secret)
    more: dict[str, Any] = {"data": body, "headers": sent}
    return client.post(path, **more).status_code


def right_secret(sender: WebhookSender) -> str:
    """The secret that proves a request of this sender."""
    return GITHUB_SECRET if sender.proof is Proof.GITHUB_SIGNATURE else SHARED_SECRET
