"""POST /webhooks/...: who is let in, what is stored, and what is answered."""

import json
import logging
from collections.abc import Iterator, Mapping
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from provider.api.webhooks.proofs import WebhookSecrets
from provider.domain.events import BuildReported, ImagePushed, SourcePushed
from provider.webhook_ports import DeliveryState
from provider.webhooks.received import Proof
from provider.webhooks.table import WEBHOOK_SENDERS
from tests.provider.webhook_web import NEW, OLD, SHARED, WebhookWorld, signature, webhook_world
from tests.provider.webhooks.deliveries import (
    DOCKER_HUB_PUSH,
    GITLAB_PUSH,
    HARBOR_CLOUD_EVENT,
    HARBOR_PUSH,
    OUR_CLOUD_EVENT,
    QUAY_PUSH,
    A,
    github_sample,
    registry_event,
)

PUSH = github_sample("push.0", ref="refs/heads/main")
BODY = json.dumps(PUSH).encode()
PACKAGE = github_sample("package.container-multiarch")
MOST = 2 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[WebhookWorld]:
    """The web part over a database."""
    with webhook_world(tmp_path) as world:
        yield world


def sized(size: int) -> bytes:
    """A push of exactly this many bytes."""
    start = json.dumps({**PUSH, "more": ""}).encode()[:-2]
    return start + b"x" * (size - len(start) - 2) + b'"}'


SIGNED: list[tuple[str, bytes, dict[str, str], int]] = [
    ("right", BODY, {}, 202),
    ("an old secret in a rotation", BODY, {"X-Hub-Signature-256": signature(BODY, OLD)}, 202),
    ("forged", BODY, {"X-Hub-Signature-256": signature(BODY, "a guess")}, 401),
    ("of zeros", BODY, {"X-Hub-Signature-256": "sha256=" + "0" * 64}, 401),
    ("missing", BODY, {"X-Hub-Signature-256": ""}, 401),
    ("of another body", BODY, {"X-Hub-Signature-256": signature(BODY + b" ")}, 401),
    ("cut", BODY, {"X-Hub-Signature-256": signature(BODY)[:-1]}, 401),
    ("another algorithm", BODY, {"X-Hub-Signature-256": signature(BODY, NEW, "sha1")}, 401),
    ("sha1 under the name of sha256", BODY, {"X-Hub-Signature-256": "sha256=" + signature(BODY, NEW, "sha1")[5:]}, 401),
    (
        "only in the old header",
        BODY,
        {"X-Hub-Signature-256": "", "X-Hub-Signature": signature(BODY, NEW, "sha1")},
        401,
    ),
    ("both secrets as one", BODY, {"X-Hub-Signature-256": signature(BODY, f"{NEW},{OLD}")}, 401),
    ("the secret of other senders", BODY, {"X-Hub-Signature-256": signature(BODY, SHARED)}, 401),
    ("an empty secret", BODY, {"X-Hub-Signature-256": signature(BODY, "")}, 401),
    ("no ASCII", BODY, {"X-Hub-Signature-256": "sha256=\xe9"}, 401),
    ("no JSON", b"ref=main", {}, 400),
    ("empty", b"", {}, 400),
    ("no UTF-8", b'{"ref": "\xff"}', {}, 400),
    ("deep", b'{"ref": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", {}, 400),
    ("a member twice", b'{"ref": "refs/heads/a", "ref": "refs/heads/b"}', {}, 400),
    ("no content type", BODY, {"Content-Type": ""}, 415),
    ("text", BODY, {"Content-Type": "text/plain"}, 415),
    ("XML", BODY, {"Content-Type": "application/xml"}, 415),
    ("with a charset", BODY, {"Content-Type": "application/json; charset=utf-8"}, 202),
    ("2 MiB", sized(MOST), {}, 202),
    ("2 MiB and a byte", sized(MOST + 1), {}, 413),
    ("JSON that is no object", b"[1]", {}, 200),
    ("a form", urlencode({"payload": BODY.decode()}).encode(), {"Content-Type": FORM}, 202),
    ("a form without payload", b"a=b", {"Content-Type": FORM}, 400),
    ("a form with many fields", b"&".join([b"a=b"] * 100), {"Content-Type": FORM}, 400),
    ("a form with two payloads", b"payload={}&payload={}", {"Content-Type": FORM}, 400),
    ("a page of another site sent it", BODY, {"Origin": "https://elsewhere.example"}, 202),
    ("with the token of another service", BODY, {"Authorization": "Bearer abc"}, 202),
]


@pytest.mark.parametrize(("case", "body", "headers", "status"), SIGNED, ids=[case[0] for case in SIGNED])
def test_a_request_of_github(
    world: WebhookWorld, case: str, body: bytes, headers: Mapping[str, str], status: int
) -> None:
    """It is taken only if the signature is of this body and of a secret that is valid now."""
    del case
    assert world.github(body, headers=headers).status_code == status
    assert len(world.stored()) == (status < 300)


def test_a_signed_push_is_stored_before_it_is_answered(world: WebhookWorld) -> None:
    """The response names the delivery; what the payload says beyond the event is not stored."""
    answer = world.github(PUSH, delivery="72d3162e")

    assert (answer.status_code, answer.get_json()) == (202, {"delivery": "72d3162e"})
    (stored,) = world.inbox.open(9)
    assert (stored.delivery.sender, stored.delivery.kind, stored.delivery.id) == ("github", "push", "72d3162e")
    (event,) = stored.delivery.events
    assert isinstance(event, SourcePushed)
    assert (event.repository, event.branch) == ("Codertocat/Hello-World", "main")


def test_what_asks_for_nothing_is_answered_with_the_reason(world: WebhookWorld) -> None:
    """It is stored too, so that people see why."""
    answer = world.github(github_sample("push.0"))

    reason = "a tag was pushed; Dockerfiles are read from branches"
    assert (answer.status_code, answer.get_json()) == (200, {"ignored": reason})
    (stored,) = world.stored()
    assert (stored.state, stored.delivery.reason) == (DeliveryState.IGNORED, reason)


def test_a_replay_is_answered_and_does_nothing(world: WebhookWorld) -> None:
    """By the id of the delivery, also after it is done."""
    world.github(PUSH, delivery="1")
    world.inbox.done([each.number for each in world.inbox.open(9)], "discovered")

    answer = world.github(PUSH, delivery="1")
    assert (answer.status_code, answer.get_json()) == (200, {"ignored": "this delivery was already taken"})
    assert world.inbox.open(9) == []


def test_the_same_digest_by_another_delivery_does_nothing(world: WebhookWorld) -> None:
    """GitHub can send a package under two names, and each platform by itself: one check."""
    answers = [
        world.github(PACKAGE, "package"),
        world.github(github_sample("package.container-child-untagged"), "package"),
        world.github(github_sample("registry_package.container-multiarch"), "registry_package"),
    ]

    assert [answer.status_code for answer in answers] == [202, 200, 200]
    (stored,) = world.inbox.open(9)
    (event,) = stored.delivery.events
    assert isinstance(event, ImagePushed)
    assert (str(event.image), event.digest) == ("ghcr.io/octo-org/app:v1.2.0", A)


REGISTRY_EVENTS = {"events": [registry_event(1, A, None), registry_event(2, A, "1.2")]}
NOTIFICATION = "application/vnd.docker.distribution.events.v1+json"
PATHS: list[tuple[str, object, str]] = [
    ("docker-hub", DOCKER_HUB_PUSH, "application/json"),
    ("quay", QUAY_PUSH, "application/json"),
    ("harbor", HARBOR_PUSH, "application/json"),
    ("harbor", HARBOR_CLOUD_EVENT, "application/cloudevents+json"),
    ("distribution", REGISTRY_EVENTS, NOTIFICATION),
    ("cloudevents", OUR_CLOUD_EVENT, "application/cloudevents+json"),
]


@pytest.mark.parametrize(("sender", "payload", "content_type"), PATHS)
def test_the_secret_of_a_registry_is_the_end_of_its_address(
    world: WebhookWorld, sender: str, payload: object, content_type: str
) -> None:
    """A wrong one is 404, as if there were nothing, and nothing of the body is read."""

    def send(secret: str) -> int:
        sent = {"data": json.dumps(payload), "content_type": content_type}
        return world.client.post(f"/webhooks/{sender}/{secret}", **sent).status_code

    wrong = [SHARED[:-1], SHARED + "x", SHARED.upper(), NEW, "%00", f"{SHARED},{SHARED}", "é"]
    assert [send(secret) for secret in wrong] == [404] * len(wrong)
    assert world.stored() == []
    assert send(SHARED) == 202
    assert len(world.inbox.open(9)) == 1


@pytest.mark.parametrize(("token", "status"), [(SHARED, 202), (SHARED[:-1], 401), ("", 401), (NEW, 401), ("\xe9", 401)])
def test_a_request_of_gitlab_has_the_secret_in_a_header(world: WebhookWorld, token: str, status: int) -> None:
    """GitLab sends it as it is."""
    answer = world.client.post("/webhooks/gitlab", json=GITLAB_PUSH, headers={"X-Gitlab-Token": token} if token else {})

    assert answer.status_code == status
    assert len(world.stored()) == (status == 202)


@pytest.mark.parametrize(("secret", "status"), [(SHARED, 202), (NEW, 401), ("", 401)])
def test_a_report_of_a_build_is_signed(world: WebhookWorld, secret: str, status: int) -> None:
    """With the secret of all other senders, for the rebuild in the address."""
    body = json.dumps({"status": "completed", "conclusion": "success", "url": None}).encode()
    headers = {"X-Image-Factory-Signature-256": signature(body, secret), "Content-Type": "application/json"}
    answer = world.client.post("/webhooks/builds/0123456789ab", data=body, headers=headers)

    assert answer.status_code == status
    reported = [event for stored in world.stored() for event in stored.delivery.events]
    assert [event.rebuild_id for event in reported if isinstance(event, BuildReported)] == ["0123456789ab"] * (
        status == 202
    )


def address(sender: Any) -> str:
    """The address of a sender, with the right secret."""
    ends = {Proof.SECRET_IN_PATH: f"/{SHARED}", Proof.SIGNATURE: "/0123456789ab"}
    return f"/webhooks/{sender.name}{ends.get(sender.proof, '')}"


@pytest.mark.parametrize("sender", WEBHOOK_SENDERS, ids=lambda sender: sender.name)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_allowed(world: WebhookWorld, sender: Any, method: str) -> None:
    """Whoever opens the address in a browser sees 405, with or without a caller."""
    answer = world.client.open(address(sender), method=method)

    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"POST", "OPTIONS"})


@pytest.mark.parametrize("sender", WEBHOOK_SENDERS, ids=lambda sender: sender.name)
def test_without_a_secret_nothing_is_received(tmp_path: Path, sender: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The log says once which setting to set; the answer says nothing of it."""
    with webhook_world(tmp_path, WebhookSecrets()) as world, caplog.at_level(logging.WARNING):
        answers = [world.client.post(address(sender), json={}) for _ in range(3)]
        stored = world.stored()

    setting = "IMAGE_FACTORY_GITHUB_WEBHOOK_SECRET" if sender.name == "github" else "IMAGE_FACTORY_WEBHOOK_SECRET"
    assert [answer.status_code for answer in answers] == [404] * 3
    assert "IMAGE_FACTORY" not in answers[0].text
    assert [record.getMessage().count(setting) for record in caplog.records] == [1]
    assert stored == []


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("secret", [SHARED, "a-secret-of-yesterday-that-was-replaced"])
def test_the_secret_in_an_address_is_shown_nowhere(
    world: WebhookWorld, secret: str, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In no answer and no line of the log, whatever goes wrong: also a secret that is no longer known."""
    headers = {"Accept": accept, "Origin": "https://elsewhere.example"}
    with caplog.at_level(logging.DEBUG):
        answers = [
            world.client.post(f"/webhooks/quay/{secret}", data="x", content_type="application/json", headers=headers),
            world.client.post(f"/webhooks/quay/{secret}", data="x", content_type="text/plain", headers=headers),
            world.client.post(f"/webhooks/quay/{secret}/more", json={}, headers=headers),
            world.client.post(f"/webhooks/quay/{secret}?a=b", json={}, headers=headers),
            world.client.get(f"/webhooks/quay/{secret}", headers=headers),
        ]

    assert all(answer.status_code >= 400 for answer in answers)
    logged = [record.getMessage() for record in caplog.records]
    shown = [*(answer.text + str(answer.headers) for answer in answers), *logged]
    assert [text for text in shown if secret in text] == []


def test_a_failure_while_storing_shows_no_secret(
    world: WebhookWorld, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender gets 500 and sends it again; nothing was taken."""
    monkeypatch.setattr(type(world.inbox), "take", lambda *_: 1 / 0)
    answer = world.client.post(f"/webhooks/docker-hub/{SHARED}", json=DOCKER_HUB_PUSH)

    assert answer.status_code == 500
    assert SHARED not in answer.text + caplog.text


class _Endless(RawIOBase):
    """A body that never ends; it counts what was read."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.count += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_a_body_that_never_ends_is_cut_at_the_limit(world: WebhookWorld) -> None:
    """Without a length, by chunks: 413 after 2 MiB."""
    endless = _Endless()
    builder = EnvironBuilder("/webhooks/github", method="POST", content_type="application/json")
    environ = builder.get_environ()
    environ.update(
        {
            "wsgi.input": endless,
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
            "HTTP_X_HUB_SIGNATURE_256": signature(b"x"),
            "HTTP_X_GITHUB_EVENT": "push",
        }
    )
    environ.pop("CONTENT_LENGTH", None)

    assert run_wsgi_app(world.client.application, environ)[1].startswith("413")
    assert endless.count < 2 * MOST


def test_a_body_without_a_proof_is_not_read(world: WebhookWorld) -> None:
    """Nobody makes the service read 2 MiB without at least a signature, a token or a secret."""

    class Unread(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

    for path in ("/webhooks/github", "/webhooks/gitlab", "/webhooks/quay/wrong", "/webhooks/builds/0123456789ab"):
        environ = EnvironBuilder(path, method="POST", content_type="application/json").get_environ()
        environ.update({"wsgi.input": Unread(), "CONTENT_LENGTH": "1000"})
        assert run_wsgi_app(world.client.application, environ)[1][:3] in {"401", "404"}


def test_each_outcome_is_counted(world: WebhookWorld) -> None:
    """By sender; an address that nobody has is no series."""
    world.github(PUSH, delivery="1")
    world.github(PUSH, delivery="1")
    world.github(github_sample("push.0"))
    world.github(PUSH, headers={"X-Hub-Signature-256": ""})
    world.github(b"x")
    world.client.post("/webhooks/quay/wrong", json={})
    metrics = world.read("/metrics").text

    outcomes = ("taken", "duplicate", "ignored", "unproven", "unreadable")
    counted = [f'image_factory_webhooks_total{{outcome="{outcome}",sender="github"}} 1.0' for outcome in outcomes]
    counted.append('image_factory_webhooks_total{outcome="unproven",sender="quay"} 1.0')
    assert [line for line in counted if line not in metrics] == []


def test_every_sender_is_in_the_documentation(world: WebhookWorld) -> None:
    """With its statuses, and as an operation that needs no caller."""
    paths = world.read("/api/openapi.json").get_json()["paths"]

    for sender in WEBHOOK_SENDERS:
        end = {Proof.SECRET_IN_PATH: "/{secret}", Proof.SIGNATURE: "/{rebuild}"}.get(sender.proof, "")
        operation = paths[f"/webhooks/{sender.name}{end}"]["post"]
        assert operation["security"] == []
        assert {"200", "202", "400", "401", "404", "413", "415"} <= set(operation["responses"])
