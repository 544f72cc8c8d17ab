"""The web part with a release tracker in memory and one caller of each role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.composition.flask_app import create_web
from proxy.secrets.secret import Secret
from tests.provider.tracker.services.tracker_world import TrackerWorld
from tests.provider.web_images import MemoryIndex, Parts

PUBLIC_URL = "http://factory.example"
REPOSITORIES = "/api/v1/repositories"
READER, REBUILDER, ADMIN = "reader-token-1", "rebuilder-token-1", "admin-token-1"
TOKENS = (
    ServiceToken("dashboard", CallerRole.READ, Secret(READER)),
    ServiceToken("ci", CallerRole.REBUILD, Secret(REBUILDER)),
    ServiceToken("ops", CallerRole.ADMIN, Secret(ADMIN)),
)


@dataclass(slots=True)
class TrackerWeb:
    """Requests use the token of an admin unless another token is given."""

    world: TrackerWorld = field(default_factory=TrackerWorld)
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        app = create_web(
            MemoryIndex([]),
            Parts(),
            Access(TOKENS),
            now=self.world.clock.now,
            public_url=PUBLIC_URL,
            version="1.2.3",
            tracker=self.world.parts,
        )
        self.client = app.test_client()

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        token: str = ADMIN,
        **headers: str,
    ) -> TestResponse:
        """Send one request with a JSON body."""
        sent = {"Authorization": f"Bearer {token}", **headers}
        return self.client.open(path, method=method, json={} if body is None else dict(body), headers=sent)

    def get(self, path: str) -> dict[str, Any]:
        """The document at a path, requested as a reader."""
        answer = self.client.get(path, headers={"Authorization": f"Bearer {READER}"})
        assert answer.status_code == 200, answer.get_json()
        document: dict[str, Any] = answer.get_json()
        return document
