"""The world of `make demo`: callers need a token, and only a webhook shows a change of a public base image soon."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.hooked import HookedWorld
from demo.images import SPARE, WEB, enrollments
from demo.sites.servers import GitHubWithPages, RegistryWithPages
from demo.world import CONFIG

ADMIN_TOKEN = "the-admin-of-the-demo"  # noqa: S105 - of this world alone


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer of the API: its status, its document, and the seconds that it took."""

    status: int
    document: Mapping[str, Any]
    seconds: float


class StoryWorld(HookedWorld):
    """A context manager, as `World`. Builds end by themselves; the service follows them, without a webhook.

    Its GitHub and its registry have pages, because people follow the links of the service.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, delay="10s", token=ADMIN_TOKEN)
        self.by_hand = False

    def _open_registry(self) -> RegistryWithPages:
        return self._stack.enter_context(RegistryWithPages(super()._open_registry().url))

    def _open_github(self) -> GitHubWithPages:
        return self._stack.enter_context(GitHubWithPages())

    def sources(self) -> Mapping[str, str]:
        """The Dockerfile of each source repository, and of one whose image is not enrolled."""
        return {**super().sources(), f"acme/{SPARE}": WEB}

    def environment(self) -> dict[str, str]:
        """The settings of the service: it checks managed images each second, and public base images once a day."""
        return super().environment() | {
            "IMAGE_FACTORY_API_TOKENS": f"demo:admin:{ADMIN_TOKEN}",
            "IMAGE_FACTORY_CHECK_INTERVAL": "1s",
        }

    def enroll_first(self) -> None:
        """Push images.yaml with two of the images, as a person does."""
        text = enrollments(self.registry.host, self.delay, ("base", "portal"))
        self.git.repositories.commit(CONFIG, {"images.yaml": text}, message="Enroll base and portal")

    def publish_node(self) -> str:
        """Publish a new node:22, which the registry's webhook reports; returns the digest."""
        digest = self.move().digest
        self.image_pushed()
        return digest

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> ApiAnswer:
        """Send a request to the API as the admin of the demo."""
        began = time.monotonic()
        answer = self.http.request(method, f"{self.url}/api/v1{path}", json=body)
        return ApiAnswer(answer.status, answer.json(), time.monotonic() - began)
