"""A receiver of CloudEvents on loopback, as strict as the specification 1.0.2 and our documentation."""

import hashlib
import hmac
import http.client
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.peers.exchange import Answer, Request
from tests.peers.faults import Faults
from tests.peers.gitlab.contract import Json
from tests.peers.loopback import LoopbackServer

SECRET = "webhook-secret-of-the-tests"
PUBLIC_URL = "https://factory.example.org"
_DATA = {"rebuildId", "image", "reference", "reason", "baseImages", "callback"}
_BASE = {"name", "written", "reference", "tag", "digest", "cause"}


class EventReceiver(LoopbackServer):
    """Starts a build for each event that is new, and reports results to the callback of the event.

    Attributes:
        started: the data of each event that started a build, by its id.
        breaches: what broke the specification or our documentation; a test fails if there is any.
        seen: the number of events, also of those that came twice or were refused.
    """

    def __init__(self, secret: str = SECRET, started: Callable[[str], None] = lambda _: None) -> None:
        """Prepare; `started` is called with the id of each build."""
        super().__init__(self._receive)
        self.started: dict[str, Mapping[str, Json]] = {}
        self.breaches: list[str] = []
        self.seen = 0
        self._secret = secret
        self._started = started
        self._faults = Faults()
        self._lost = 0

    def fail(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next event with this status, and start nothing."""
        self._faults.add("POST", "", Answer(status, b"", tuple((headers or {}).items())), 1)

    def lose_answer(self) -> None:
        """Start the build of the next event, and close the connection."""
        self._lost += 1

    def report(self, rebuild_id: str, status: str, conclusion: str | None = None, url: str | None = None) -> int:
        """Report to the callback of a build that was started; returns the status of the answer."""
        body = json.dumps({"status": status, "conclusion": conclusion, "url": url}).encode()
        address = urlsplit(self.started[rebuild_id]["callback"])
        signature = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection(address.netloc, timeout=10)
        headers = {"Content-Type": "application/json", "X-Image-Factory-Signature-256": f"sha256={signature}"}
        connection.request("POST", address.path, body, headers)
        answer = connection.getresponse().status
        connection.close()
        return answer

    def _receive(self, request: Request) -> Answer | None:
        self.seen += 1
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        if problems := self._problems(request):
            self.breaches += problems
            return Answer(400, "\n".join(problems).encode())
        event = json.loads(request.body)
        if event["id"] not in self.started:
            self.started[event["id"]] = event["data"]
            self._started(event["id"])
        if self._lost:
            self._lost -= 1
            return None
        return Answer(202)

    def _problems(self, request: Request) -> list[str]:
        if request.method != "POST":
            return [f"{request.method} is not POST"]
        expected = hmac.new(self._secret.encode(), request.body, hashlib.sha256).hexdigest()
        given = request.headers.get("X-Image-Factory-Signature-256", "")
        if not hmac.compare_digest(f"sha256={expected}", given):
            return ["the signature is not one of the body"]
        content_type = request.headers.get("Content-Type", "")
        if content_type.partition(";")[0] != "application/cloudevents+json":
            return [f"content type {content_type} is not structured mode"]
        try:
            message = HTTPMessage({"content-type": content_type}, request.body)
            event = from_structured(message, JSONFormat(), CloudEvent)
        except (CloudEventValidationError, ValueError, KeyError) as error:
            return [f"this is not a CloudEvent: {error}"]
        return [*_event_problems(event), *_data_problems(event)]


def _event_problems(event: Json) -> list[str]:
    expected = {
        "specversion": "1.0",
        "type": "io.image-factory.rebuild.requested.v1",
        "datacontenttype": "application/json",
        "subject": event.get_data()["image"],
        "id": event.get_data()["rebuildId"],
    }
    found = event.get_attributes()
    problems = [
        f"{name} is {found.get(name)!r}, not {value!r}" for name, value in expected.items() if found.get(name) != value
    ]
    unknown = set(found) - {*expected, "source", "time"}
    return [*problems, *(f"{name} is not documented" for name in sorted(unknown))]


def _data_problems(event: Json) -> list[str]:
    data = event.get_data()
    if set(data) != _DATA:
        return [f"data has {sorted(data)}"]
    problems = [] if data["callback"].endswith(f"/webhooks/builds/{data['rebuildId']}") else ["callback is another one"]
    wrong = (each for each in data["baseImages"] if set(each) != _BASE or not each["digest"].startswith("sha256:"))
    return [*problems, *(f"a base image has {sorted(each)}" for each in wrong)]
