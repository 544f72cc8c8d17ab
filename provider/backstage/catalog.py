"""The catalog of the configured Backstage, over its HTTP API. Thread-safe."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from provider.backstage.answers import checked
from provider.domain.catalog_push.locations import CatalogLocation
from proxy.errors import Garbage
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret

PROVIDER_TASK = "image-factory-entities"
"""The scheduled task of the entity provider, in Backstage's plugin `catalog`."""

# Where Backstage's scheduler has the tasks of a plugin: backstage, packages/backend-defaults,
# src/entrypoints/scheduler/lib/PluginTaskSchedulerImpl.ts. 404: there is no such task; 409: it is running.
_TRIGGER = f"/.backstage/scheduler/v1/tasks/{PROVIDER_TASK}/trigger"
_LOCATIONS = "/entities?" + urlencode(
    {"filter": "kind=location", "fields": "kind,metadata.name,metadata.namespace,spec.target,spec.targets"}
)
_RUNNING = 409
# A large organization has some ten thousand locations of about 300 bytes.
_MOST_BYTES = 16 * 1024 * 1024


class HttpBackstageCatalog:
    """Sends requests to the configured address only.

    Args:
        url: Backstage's `backend.baseUrl`, without a slash at the end.
        token: a static token of Backstage's `backend.auth.externalAccess` that may use the catalog.
        transport: sends the requests.
        now: the time, in UTC.
    """

    def __init__(self, url: str, token: Secret, transport: Transport, now: Callable[[], datetime]) -> None:
        self._catalog = f"{url}/api/catalog"
        self._token = token
        self._transport = transport
        self._now = now

    def run_provider(self) -> bool:
        """See the port."""
        answer = self._request("POST", _TRIGGER)
        if answer.status == _RUNNING:
            return False
        checked(answer, "to run the task image-factory-entities", self._now())
        return True

    def locations(self) -> Sequence[CatalogLocation]:
        """See the port."""
        answer = checked(self._request("GET", _LOCATIONS), "for its locations", self._now())
        try:
            entities = json.loads(answer.body)
        except (ValueError, RecursionError):
            entities = None
        if not isinstance(entities, list):
            raise Garbage(f"{self._catalog}/entities did not answer with a list of entities; retried later")
        return [location for entity in entities if isinstance(entity, dict) for location in _location(entity)]

    def refresh(self, reference: str) -> None:
        """See the port."""
        body = json.dumps({"entityRef": reference}).encode()
        checked(self._request("POST", "/refresh", body), f"to refresh {reference}", self._now())

    def _request(self, method: str, path: str, body: bytes | None = None) -> Answer:
        headers = {
            "accept": "application/json",
            "authorization": f"Bearer {self._token.reveal()}",
            "user-agent": USER_AGENT,
            **({"content-type": "application/json"} if body else {}),
        }
        return self._transport.request(method, f"{self._catalog}{path}", headers, body=body, limit=_MOST_BYTES)


def _location(entity: dict[str, Any]) -> Iterator[CatalogLocation]:
    """The location; nothing where the entity cannot be read: one entity of somebody else hides no other."""
    metadata, spec = entity.get("metadata"), entity.get("spec")
    if not isinstance(metadata, dict) or not isinstance(spec, dict) or not isinstance(metadata.get("name"), str):
        return
    listed = spec.get("targets")
    targets = [spec.get("target"), *(listed if isinstance(listed, list) else ())]
    # The catalog keeps references in lower case, and refreshes by them.
    reference = f"location:{metadata.get('namespace') or 'default'}/{metadata['name']}".lower()
    yield CatalogLocation(reference, tuple(target for target in targets if isinstance(target, str)))
