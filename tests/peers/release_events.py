"""A receiver of the events about releases on loopback, as strict as the specification and our documentation."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.peers.exchange import Answer, Request
from tests.peers.faults import Faults
from tests.peers.loopback import LoopbackServer

SECRET = "secret-of-the-releases-webhook"
_ATTRIBUTES = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype"}


class ReleaseReceiver(LoopbackServer):
    """Takes events, and drops those whose id came before. Attributes may be changed while it runs.

    Attributes:
        secret: the one that has to sign events.
        seen: how many events came, also those that were not taken.
        events: each event by its id, in the order of their arrival.
        doubles: how many events came again.
        breaches: what broke the specification or our documentation.
        status: the answer to each event; anything but 2xx takes none.
    """

    def __init__(self, secret: str = SECRET) -> None:
        super().__init__(self._receive)
        self.secret = secret
        self.events: dict[str, CloudEvent] = {}
        self.doubles = 0
        self.seen = 0
        self.breaches: list[str] = []
        self.status = 202
        self._faults = Faults()
        self._lost = 0

    def fail(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next event with this status, and do not take it."""
        self._faults.add("POST", "", Answer(status, b"", tuple((headers or {}).items())), 1)

    def lose_request(self) -> None:
        """Close the connection of the next event, and do not take it."""
        self._faults.add("POST", "", None, 1)

    def lose_answer(self) -> None:
        """Take the next event, and close the connection."""
        self._lost += 1

    def data(self) -> list[Mapping[str, Any]]:
        """The data of each event, in the order of their arrival."""
        return [data for event in self.events.values() if isinstance(data := event.get_data(), Mapping)]

    def _receive(self, request: Request) -> Answer | None:
        self.seen += 1
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        if self.status >= 300:
            return Answer(self.status)
        expected = hmac.new(self.secret.encode(), request.body, hashlib.sha256).hexdigest()
        if request.headers.get("X-Image-Factory-Signature-256", "") != f"sha256={expected}":
            return Answer(401)
        try:
            event = from_structured(HTTPMessage(dict(request.headers), request.body), JSONFormat(), CloudEvent)
        except CloudEventValidationError as error:
            self.breaches.append(str(error))
            return Answer(400)
        assert isinstance(event, CloudEvent)
        self._judge(request, event)
        self.doubles += event.get_id() in self.events
        self.events.setdefault(event.get_id(), event)
        if self._lost:
            self._lost -= 1
            return None
        return Answer(self.status)

    def _judge(self, request: Request, event: CloudEvent) -> None:
        if missing := _ATTRIBUTES - event.get_attributes().keys():
            self.breaches.append(f"attributes are missing: {sorted(missing)}")
        if event.get_type() != "io.image-factory.release.published.v1":
            self.breaches.append(f"the type is {event.get_type()}")
        if not request.headers.get("Content-Type", "").startswith("application/cloudevents+json"):
            self.breaches.append("the content type is not that of a structured event")
        data = event.get_data()
        if not isinstance(data, dict) or not {"repository", "releases"} <= data.keys():
            self.breaches.append("the data has no repository or no releases")
