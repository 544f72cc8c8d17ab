"""The web part over an inbox in a database, and requests as the senders sign them."""

import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.api.webhooks.proofs import WebhookSecrets
from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.store.engine import migrate, open_engine
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from provider.webhook_ports import DeliveryFilter, StoredDelivery
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web

OLD, NEW = "an-old-secret-of-github", "a-new-secret-of-github"
SHARED = "the-secret-of-all-other-senders"
READER = "a-token-that-may-only-read"
SECRETS = WebhookSecrets((Secret(NEW), Secret(OLD)), (Secret(SHARED),))


def signature(body: bytes, secret: str = NEW, algorithm: str = "sha256") -> str:
    """The value of a signature header."""
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


@dataclass(slots=True)
class WebhookWorld:
    """The web part, and what it has stored."""

    client: FlaskClient
    inbox: SqlWebhookInbox
    _number: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    def github(
        self, payload: object, kind: str = "push", *, delivery: str = "", headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Send a signed request of GitHub; `headers` replace its own, an empty value leaves one out."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        own = {
            "Content-Type": "application/json",
            "X-GitHub-Event": kind,
            "X-GitHub-Delivery": delivery or f"delivery-{next(self._number)}",
            "X-Hub-Signature-256": signature(body),
        }
        sent = {name: value for name, value in {**own, **(headers or {})}.items() if value}
        return self.client.post("/webhooks/github", data=body, headers=sent)

    def stored(self) -> list[StoredDelivery]:
        """All deliveries, the newest first."""
        return list(self.inbox.every(DeliveryFilter()))

    def read(self, path: str) -> TestResponse:
        """What a reader gets."""
        return self.client.get(path, headers={"X-Image-Factory-Token": READER})


@contextmanager
def webhook_world(folder: Path, secrets: WebhookSecrets = SECRETS) -> Iterator[WebhookWorld]:
    """The world, with one caller who may read."""
    engine = open_engine(f"sqlite:///{folder}/index.db")
    migrate(engine)
    inbox = SqlWebhookInbox(engine)
    app = web(
        MemoryIndex(),
        Access((ServiceToken("reader", CallerRole.READ, Secret(READER)),)),
        redactor=Redactor((*secrets.github, *secrets.shared)),
        inbox=inbox,
        webhook_secrets=secrets,
    )
    yield WebhookWorld(app.test_client(), inbox)
    engine.dispose()
