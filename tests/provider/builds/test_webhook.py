"""The webhook: what is sent, that it is sent once, and the meaning of each answer and report."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from catalog.image import Conclusion
from provider.builds.cloud_event import rebuild_event
from provider.builds.webhook import WebhookBuilds
from provider.domain.build_request import BuildRequest, Dispatched
from provider.domain.enrollment import Build
from provider.domain.events import BuildReported
from provider.domain.events.build_reports import LONGEST_BUILD
from proxy.errors import AddressRefused, NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.signed_events import SIGNATURE_HEADER, signature
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.fakes.build_reports import FakeBuildReports
from tests.peers.cloud_events import PUBLIC_URL, SECRET, EventReceiver
from tests.peers.exchange import Answer
from tests.provider.builds.samples import NOW, TARGET
from tests.provider.builds.samples import request as github_request
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, in_turn, open_transport


@pytest.fixture
def receiver() -> Iterator[EventReceiver]:
    """A receiver of events; what breaks the specification fails the test."""
    with EventReceiver() as running:
        yield running
        assert running.breaches == []


@pytest.fixture
def clock() -> Clock:
    """A clock that shows the time of the requests."""
    return Clock(NOW)


@pytest.fixture
def reports() -> FakeBuildReports:
    """What was reported."""
    return FakeBuildReports()


@pytest.fixture
def system(clock: Clock, reports: FakeBuildReports) -> Iterator[WebhookBuilds]:
    """The build system under test."""
    with open_transport(clock) as transport:
        yield WebhookBuilds(transport, Secret(SECRET), reports, clock.now, public_url=PUBLIC_URL)


def request(url: str, rebuild_id: str = "r-1", **changes: Any) -> BuildRequest:
    """A request for the webhook at this address."""
    return github_request(rebuild_id, **{"build": Build("webhook", url=url), **changes})


def test_the_event_is_that_of_the_documentation(receiver: EventReceiver, system: WebhookBuilds) -> None:
    """The receiver gets everything that a build needs, and where to report."""
    assert system.dispatch(request(f"{receiver.url}/build?queue=1")) == Dispatched("r-1", None)

    assert receiver.started["r-1"] == {
        "rebuildId": "r-1",
        "image": "portal",
        "reference": "ghcr.io/acme/portal:latest",
        "reason": "node:22 has aged 7 days",
        "baseImages": [TARGET.document()],
        "callback": f"{PUBLIC_URL}/webhooks/builds/r-1",
    }


def test_the_signature_is_that_of_a_known_body() -> None:
    """As `openssl dgst -sha256 -hmac key` computes it."""
    digest = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    assert signature(b"The quick brown fox jumps over the lazy dog", Secret("key")) == f"sha256={digest}"


def test_the_event_is_the_same_for_the_same_rebuild() -> None:
    """A receiver can compare it byte for byte; its time is that of the decision."""
    one, other = (rebuild_event(request("https://ci.example.org"), PUBLIC_URL, Secret(SECRET)) for _ in range(2))

    assert one == other
    assert json.loads(one.body)["time"] == "2026-05-01T12:00:00.500000Z"
    assert one.headers["content-type"].startswith("application/cloudevents+json")
    assert one.headers[SIGNATURE_HEADER] == signature(one.body, Secret(SECRET))


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_each_success_is_accepted(system: WebhookBuilds, status: int) -> None:
    """Whatever the body says."""
    with ScriptedHost(in_turn(Answer(status))) as host:
        assert system.dispatch(request(host.url)).run_id == "r-1"
        assert len(host.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer(301, b"", (("Location", "/elsewhere"),)), Refused, "write the final address in build.url"),
        (Answer(302, b"", (("Location", "/elsewhere"),)), Refused, "write the final address in build.url"),
        (Answer(400), Refused, "verifies IMAGE_FACTORY_WEBHOOK_SECRET"),
        (Answer(401), Refused, "verifies IMAGE_FACTORY_WEBHOOK_SECRET"),
        (Answer(404), Refused, "check build.url"),
        (Answer(410), Refused, "check build.url"),
        (Answer(408), OutcomeUnknown, "not known whether the build was started"),
        (Answer(429), Unavailable, "retried from"),
        (Answer(500), OutcomeUnknown, "not known whether the build was started"),
        (Answer(503, b"", (("Retry-After", "5"),)), OutcomeUnknown, "not known whether the build was started"),
        (Answer(202, b"x" * 2_000_000), OutcomeUnknown, "not known whether the build was started"),
        (None, OutcomeUnknown, "not known whether the build was started"),
    ],
)
def test_the_event_is_sent_once(
    system: WebhookBuilds, answer: Answer | None, kind: type[OutsideFailure], words: str
) -> None:
    """Whatever the answer, and no redirect is followed."""
    with ScriptedHost(in_turn(answer)) as host:
        with pytest.raises(kind, match=words):
            system.dispatch(request(f"{host.url}/build"))
        assert host.asked == ["POST /build"]


def test_a_receiver_that_is_down_has_certainly_started_nothing(system: WebhookBuilds) -> None:
    """The event is sent later."""
    with ScriptedHost() as host:
        host.down()
        with pytest.raises(Unavailable):
            system.dispatch(request(host.url))


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1/a", "https://10.0.0.1/a", "http://192.0.2.1/a", "http://ci.example.org/"]
)
def test_a_private_address_and_plain_http_have_to_be_listed(reports: FakeBuildReports, url: str) -> None:
    """Neither a dispatch nor a description sends anything there."""
    clock = Clock(NOW)
    policy = AddressPolicy(resolver=lambda name, _: [name if name[0].isdigit() else "203.0.113.9"])
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    system = WebhookBuilds(transport, Secret(SECRET), reports, clock.now, public_url=PUBLIC_URL)

    for ask in (system.dispatch, system.describe):
        with pytest.raises(AddressRefused, match=r"IMAGE_FACTORY_(PRIVATE_HOSTS|INSECURE_REGISTRIES)"):
            ask(request(url))


@pytest.mark.parametrize("url", [None, "", "ftp://ci.example.org", "https://user:pass@ci.example.org"])
def test_what_is_no_address_is_refused(system: WebhookBuilds, url: str | None) -> None:
    """The message repeats no password."""
    for ask in (system.dispatch, system.describe):
        with pytest.raises(Refused, match=r"build\.url") as caught:
            ask(request("", build=Build("webhook", url=url)))
        assert "pass@" not in str(caught.value)


def test_a_build_that_reports_is_followed(system: WebhookBuilds, reports: FakeBuildReports) -> None:
    """First it is requested, then what it reports; what has ended stays as it ended."""
    asked = request("https://ci.example.org")
    seen = [system.run(asked, "r-1")]
    for status, conclusion in (
        ("running", None),
        ("completed", Conclusion.FAILURE),
        ("running", None),
        ("success", None),
    ):
        reports.note(BuildReported("r-1", status, conclusion, "https://ci.example.org/1"), NOW)
        seen.append(system.run(asked, "r-1"))

    assert [(run.status, run.conclusion) for run in seen if run] == [
        ("requested", None),
        ("running", None),
        ("completed", Conclusion.FAILURE),
        ("completed", Conclusion.FAILURE),
        ("completed", Conclusion.FAILURE),
    ]
    assert system.find(asked) == seen[-1]


@pytest.mark.parametrize("status", [None, "queued", "running"])
def test_a_build_that_reports_no_result_ends(
    clock: Clock, system: WebhookBuilds, reports: FakeBuildReports, status: str | None
) -> None:
    """A day after its request; the message says where a result has to be reported."""
    asked = request("https://ci.example.org")
    if status:
        reports.note(BuildReported("r-1", status, None, None), NOW)
    clock.at = NOW + LONGEST_BUILD - timedelta(seconds=1)
    assert system.run(asked, "r-1") is not None
    clock.at = NOW + LONGEST_BUILD

    with pytest.raises(NotFound, match=f"no result was reported since .* {PUBLIC_URL}/webhooks/builds/r-1"):
        system.run(asked, "r-1")
    reports.note(BuildReported("r-1", "success", None, None), NOW)
    assert system.run(asked, "r-1") is not None
