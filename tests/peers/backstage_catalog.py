"""The part of a Backstage that reads catalogs again: the scheduler of the catalog, its locations and refreshes.

Source: backstage, packages/backend-defaults/src/entrypoints/scheduler/lib (a task that does not exist is 404, one that
runs 409, else 200 without a body) and plugins/catalog-backend (createRouter, DefaultRefreshService: an entity that does
not exist is 404); statuses as measured with Backstage 1.55.
"""

import json
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.peers.exchange import Answer, Request, SeenRequest, json_answer
from tests.peers.faults import Faults, faulty_answer
from tests.peers.loopback import LoopbackServer

TOKEN = "token-of-the-service-for-backstage"
TRIGGER = "/api/catalog/.backstage/scheduler/v1/tasks/image-factory-entities/trigger"
ENTITIES = "/api/catalog/entities"
REFRESH = "/api/catalog/refresh"
_SILENCE_SECONDS = 60.0


class CatalogOfBackstage(LoopbackServer):
    """Attributes may be changed while it runs.

    Attributes:
        provider: whether the entity provider is installed.
        running: whether its task runs.
        restricted: whether the token may not use the catalog.
        entities: the Location entities.
        reads: each request that makes Backstage read a catalog, as `provider` or the reference of a location.
        log: every request, oldest first.
    """

    def __init__(self, token: str = TOKEN, *, provider: bool = True, on_read: Callable[[], object] = bool) -> None:
        """Prepare; `on_read` is called for each read, before the request is answered."""
        super().__init__(self._respond_to)
        self.provider = provider
        self.running = False
        self.restricted = False
        self.entities: list[Mapping[str, Any]] = []
        self.reads: list[str] = []
        self.log: list[SeenRequest] = []
        self._token = token
        self._on_read = on_read
        self._faults = Faults()
        self._silent = False
        self._released = threading.Event()

    def __exit__(self, kind: type[BaseException] | None, *rest: BaseException | TracebackType | None) -> None:
        self._released.set()
        super().__exit__(kind, *rest)

    @property
    def asked(self) -> list[str]:
        """Method and path of each request."""
        return [f"{request.method} {request.path}" for request in self.log]

    def add_location(self, name: str, *targets: str, namespace: str | None = None) -> str:
        """Add a Location entity as the catalog generates it; returns its reference."""
        spec = {"type": "url", "target": targets[0]} if len(targets) == 1 else {"targets": list(targets)}
        metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
        self.entities.append({"kind": "Location", "metadata": metadata, "spec": spec})
        return _reference(self.entities[-1])

    def fail(self, path: str, status: int, times: int = 1, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next requests for this path with this status."""
        for method in ("GET", "POST"):
            answer = faulty_answer(status, headers, '{"error": {}}', "application/json")
            self._faults.add(method, f"^{path}$", answer, times)

    def answer(self, path: str, body: bytes) -> None:
        """Answer the next request for this path with this body, as JSON."""
        self._faults.add("GET", f"^{path}$", faulty_answer(200, None, body, "application/json"), 1)

    def fall_silent(self) -> None:
        """Answer nothing any more."""
        self._silent = True

    def _respond_to(self, request: Request) -> Answer | None:
        self.log.append(SeenRequest.of(request))
        if self._silent:
            self._released.wait(_SILENCE_SECONDS)
            return None
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        if request.authorization != f"Bearer {self._token}":
            return _error(401, "AuthenticationError")
        if self.restricted:
            return _error(403, "NotAllowedError")
        match request.method, request.path:
            case "POST", path if path == TRIGGER:
                return self._trigger()
            case "GET", path if path == ENTITIES:
                return self._locations(request)
            case "POST", path if path == REFRESH:
                return self._refresh(request)
            case _:
                return _error(404, "NotFoundError")

    def _trigger(self) -> Answer:
        if not self.provider:
            return _error(404, "NotFoundError")
        if self.running:
            return _error(409, "ConflictError")
        return self._read("provider")

    def _locations(self, request: Request) -> Answer:
        # The catalog has no other kind here; another filter would be a mistake of the service.
        if parse_qs(urlsplit(request.target).query).get("filter") != ["kind=location"]:
            return _error(400, "InputError")
        return json_answer(200, self.entities)

    def _refresh(self, request: Request) -> Answer:
        if request.headers.get("Content-Type") != "application/json":
            return _error(400, "InputError")
        reference = json.loads(request.body)["entityRef"]
        if reference not in map(_reference, self.entities):
            return _error(404, "NotFoundError")
        return self._read(reference)

    def _read(self, how: str) -> Answer:
        self.reads.append(how)
        self._on_read()
        return Answer(200)


def _reference(entity: Mapping[str, Any]) -> str:
    metadata = entity["metadata"]
    return f"location:{metadata.get('namespace', 'default')}/{metadata['name']}".lower()


def _error(status: int, name: str) -> Answer:
    return json_answer(status, {"error": {"name": name}})
