"""The result of a build reaches the callback, signed, and nothing else does."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from catalog.image import Conclusion
from provider.domain.events import BuildReported, Ignored
from provider.webhooks.builds import BUILDS
from provider.webhooks.received import ReceivedWebhook
from tests.ci_templates.running import Runner
from tests.peers.fixtures import peers_installed
from tests.peers.process import LOOPBACK

SECRET = "a secret of the service, with \\0 $(id) '%s' and ünicode"


@dataclass
class Received:
    """What the callback got.

    Attributes:
        url: the address of the service.
        statuses: the answers to the next requests; 202 when there is none.
    """

    url: str = ""
    requests: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, object]]:
        """The JSON of each request."""
        return [json.loads(body) for *_, body in self.requests]


@pytest.fixture
def service() -> Iterator[Received]:
    """A service that keeps what it receives."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature, kind = self.headers["X-Image-Factory-Signature-256"], self.headers["Content-Type"]
            received.requests.append((self.path, kind, signature, body))
            self.send_response(received.statuses.pop(0) if received.statuses else 202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        received.url = f"http://{LOOPBACK}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield received
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(runner: Runner, service: Received) -> dict[str, str]:
    """A report that the service accepts."""
    with peers_installed():
        runner.link_tool("curl", "curl")
    return {
        "callback": f"{service.url}/webhooks/builds/rb-1",
        "url": f"{service.url}/",
        "webhook_secret": SECRET,
        "run_url": "https://ci.example.com/runs/7?a=1&b='2'",
        "result": "success",
    }


@pytest.mark.parametrize("secret", [SECRET, "s", "s" * 63, "s" * 64, "s" * 65, "s" * 300, "\t\n\\", "\x01\x7f", "日本"])
def test_the_result_is_signed(runner: Runner, settings: dict[str, str], service: Received, secret: str) -> None:
    """With HMAC-SHA256 of the body, for keys shorter and longer than a block."""
    done = runner.report(**settings | {"webhook_secret": secret})

    assert done.status == 0
    ((path, kind, signature, body),) = service.requests
    assert (path, kind) == ("/webhooks/builds/rb-1", "application/json")
    assert signature == "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert json.loads(body) == {
        "rebuildId": "rb-1",
        "status": "completed",
        "conclusion": "success",
        "url": settings["run_url"],
    }


def test_the_service_reads_the_report(runner: Runner, settings: dict[str, str], service: Received) -> None:
    """As the result of the rebuild in the address, and of no other one."""
    runner.report(**settings | {"result": "Failed"})
    ((_, _, _, body),) = service.requests

    ours = BUILDS.read(ReceivedWebhook({}, json.loads(body), body, "rb-1"))
    other = BUILDS.read(ReceivedWebhook({}, json.loads(body), body, "rb-2"))

    assert ours.events == (BuildReported("rb-1", "completed", Conclusion.FAILURE, settings["run_url"]),)
    assert isinstance(other.events, Ignored)


@pytest.mark.parametrize(
    ("result", "conclusion"),
    [
        ("success", Conclusion.SUCCESS),
        ("Succeeded", Conclusion.SUCCESS),
        ("SUCCESS", Conclusion.SUCCESS),
        ("0", Conclusion.SUCCESS),
        ("Failed", Conclusion.FAILURE),
        ("UNSTABLE", Conclusion.FAILURE),
        ("Error", Conclusion.FAILURE),
        ("1", Conclusion.FAILURE),
        ("137", Conclusion.FAILURE),
        ("ABORTED", Conclusion.CANCELLED),
        ("canceled", Conclusion.CANCELLED),
        ("timed_out", Conclusion.TIMED_OUT),
        ("124", Conclusion.TIMED_OUT),
    ],
)
def test_each_ci_system_has_its_words(
    runner: Runner, settings: dict[str, str], service: Received, result: str, conclusion: Conclusion
) -> None:
    """Tekton's, Jenkins', Argo's and GitLab's words, and exit statuses."""
    assert runner.report(**settings | {"result": result}).status == 0
    assert [body["conclusion"] for body in service.bodies] == [conclusion]


@pytest.mark.parametrize(
    "url", ["", "javascript:x", 'https://a/"', "https://a/\n", "https://a/\\", "ci/7", "https://a/ b"]
)
def test_an_address_that_is_none_is_left_out(
    runner: Runner, settings: dict[str, str], service: Received, url: str
) -> None:
    """The result counts without it, and the body stays JSON."""
    assert runner.report(**settings | {"run_url": url}).status == 0
    assert [body["url"] for body in service.bodies] == [None]


@pytest.mark.parametrize(
    "callback",
    [
        "https://elsewhere.example.com/webhooks/builds/rb-1",
        "{url}.example.com/webhooks/builds/rb-1",
        "{url}/webhooks/builds/",
        "{url}/webhooks/builds/../../api/v1/images",
        "{url}/webhooks/builds/a b",
        "{url}/webhooks/builds/a\nb",
        "{url}/webhooks/builds/$(id)",
        "-o/tmp/x",
    ],
)
def test_nothing_is_signed_for_another_address(
    runner: Runner, settings: dict[str, str], service: Received, callback: str
) -> None:
    """A forged event cannot collect signatures."""
    done = runner.report(**settings | {"callback": callback.replace("{url}", service.url)})

    assert done.status == 2
    assert "IMAGE_FACTORY_CALLBACK is not an address below IMAGE_FACTORY_URL/webhooks/builds/" in done.errors
    assert service.requests == []


def test_a_service_that_is_busy_is_asked_again(runner: Runner, settings: dict[str, str], service: Received) -> None:
    """With curl's pauses."""
    service.statuses[:] = [503]

    assert runner.report(**settings).status == 0
    assert len(service.requests) == 2


def test_a_refusal_fails_the_step(runner: Runner, settings: dict[str, str], service: Received) -> None:
    """A wrong secret is seen, and is not shown."""
    service.statuses[:] = [401]
    done = runner.report(**settings)

    assert done.status == 1
    assert "401" in done.errors
    assert SECRET not in done.output + done.errors


def test_a_build_without_a_callback_reports_nothing(runner: Runner) -> None:
    """A run that a person started."""
    done = runner.report(result="success")

    assert done.status == 0
    assert "no callback was passed" in done.output


@pytest.mark.parametrize(
    ("written", "status", "conclusion"), [("0", 0, "success"), ("1\n", 1, "failure"), ("124", 1, "timed_out")]
)
def test_a_step_after_a_failed_build_reports_it_and_fails(
    runner: Runner,
    settings: dict[str, str],
    service: Received,
    tmp_path: Path,
    written: str,
    status: int,
    conclusion: str,
) -> None:
    """As the task for Tekton has it: its build step lets the next step run."""
    (tmp_path / "exitCode").write_text(written)
    done = runner.report(**settings | {"result": "", "result_file": str(tmp_path / "exitCode")})

    assert done.status == status
    assert [body["conclusion"] for body in service.bodies] == [conclusion]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"webhook_secret": ""}, "IMAGE_FACTORY_WEBHOOK_SECRET is empty"),
        ({"url": ""}, "IMAGE_FACTORY_URL is empty"),
        ({"result": "great"}, "IMAGE_FACTORY_RESULT is not a result"),
        ({"result": ""}, "IMAGE_FACTORY_RESULT is not a result"),
        ({"result": "$(id)"}, "IMAGE_FACTORY_RESULT is not a result"),
        ({"result_file": "/nowhere"}, "IMAGE_FACTORY_RESULT_FILE cannot be read"),
    ],
)
def test_what_is_missing_is_named(
    runner: Runner, settings: dict[str, str], service: Received, change: dict[str, str], message: str
) -> None:
    """Before anything is sent."""
    done = runner.report(**settings | change)

    assert done.status == 2
    assert message in done.errors
    assert service.requests == []


def test_without_curl_it_says_so(runner: Runner, settings: dict[str, str]) -> None:
    """The image of the step must have it."""
    runner.remove_tool("curl")
    done = runner.report(**settings)

    assert done.status == 2
    assert "curl is not installed here" in done.errors
