"""Messages through the parts of a process, at a fake Slack: what an operator sees, and that nothing is lost."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from provider.composition import messages
from provider.composition.parts import Parts, utc_now
from provider.composition.problems import message_problems
from provider.composition.web import web_app
from provider.settings import read_settings
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.outbox import SqlOutbox
from tests.peers.process import wait_until
from tests.peers.release_events import SECRET, ReleaseReceiver
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import rebuild, release, releases

MINUTE = timedelta(minutes=1)


class Sender:
    """The parts of a worker with Slack, whose clock jumps to the time of the next call."""

    def __init__(self, slack: Slack, folder: Path, patched: pytest.MonkeyPatch) -> None:
        self.slack = slack
        self._folder = folder
        self.now = utc_now()
        slack.clock = self._seconds
        patched.setattr(messages, "utc_now", lambda: self.now)
        patched.setattr("provider.composition.web.utc_now", lambda: self.now)
        self.start()

    def _seconds(self) -> float:
        return self.now.timestamp()

    def start(self, *, channel: str = "#builds", **others: str) -> None:
        """Start a process, with the token that Slack takes now, and these other settings."""
        environment = {
            "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{self._folder / 'factory.db'}",
            "IMAGE_FACTORY_SLACK_TOKEN": self.slack.token,
            "IMAGE_FACTORY_SLACK_CHANNEL": channel,
            "IMAGE_FACTORY_SLACK_API_URL": self.slack.api_url,
            **others,
        }
        self.parts = Parts.open(read_settings(environment))
        self._sender = messages.message_worker(self.parts)._current_sender(self.now)
        hook = messages.webhook_worker(self.parts)
        self._hook = hook._current_sender(self.now) if hook else None

    def restart(self, *, channel: str = "#builds", **others: str) -> None:
        """End the process, and start another one."""
        self.parts.close()
        self.start(channel=channel, **others)

    def put(self, *versions: str) -> None:
        """Announce releases, a message for each."""
        for version in versions:
            message = replace(releases(release(version)), id=f"releases:{version}")
            SqlOutbox(self.parts.engine).put(message, self.now)
            self.now += timedelta(milliseconds=1)

    def work_until(self, end: datetime) -> None:
        """Send what can be sent until this time."""
        while True:
            both = (self._sender.send_next(), self._hook.send_next() if self._hook else None)
            again = min((each for each in both if each is not None), default=None)
            if again is None or again > end:
                self.now = end
                return
            self.now = again

    def hooked(self, receiver: ReleaseReceiver) -> None:
        """Start the process again with a webhook for releases."""
        host = receiver.url.removeprefix("http://")
        self.restart(
            IMAGE_FACTORY_RELEASES_WEBHOOK_URL=f"{receiver.url}/hooks/releases",
            IMAGE_FACTORY_RELEASES_WEBHOOK_SECRET=SECRET,
            IMAGE_FACTORY_INSECURE_HOSTS=host,
        )

    @property
    def sent(self) -> list[str]:
        """The releases that are in the channel, in order."""
        ids = (message.metadata["event_payload"]["id"] for message in self.slack.messages if message.metadata)
        return [text.removeprefix("releases:") for text in ids]

    def client(self) -> FlaskClient:
        """The web part of the same service."""
        return web_app(self.parts).test_client()


@pytest.fixture
def sender(slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    """A worker that has just started."""
    found = Sender(slack, tmp_path, monkeypatch)
    yield found
    found.parts.close()


@pytest.fixture
def receiver() -> Iterator[ReleaseReceiver]:
    """A receiver of releases; what breaks the specification fails the test."""
    with ReleaseReceiver() as running:
        yield running
        assert running.breaches == []


def events(receiver: ReleaseReceiver) -> list[str]:
    """The releases that the receiver took, in order."""
    return [text.removeprefix("releases:") for text in receiver.events]


def test_tracker_releases_wait_in_order_while_the_app_is_not_invited(sender: Sender) -> None:
    """Not invited for five minutes: then each release arrives once, without a restart."""
    sender.slack.builds.joined = False
    sender.put("1.1.0", "1.2.0")
    sender.work_until(sender.now + 5 * MINUTE)
    sender.put("1.3.0")
    assert sender.sent == []
    assert sender.slack.calls.count("chat.postMessage") <= 5
    sender.slack.builds.joined = True
    sender.work_until(sender.now + 5 * MINUTE)

    assert sender.sent == ["1.1.0", "1.2.0", "1.3.0"]


@pytest.mark.parametrize(
    "error",
    [
        "channel_not_found",
        "is_archived",
        "invalid_auth",
        "token_expired",
        "team_access_not_granted",
        "org_login_required",
        "accesslimited",
        "restricted_action",
        "account_inactive",
        "missing_scope",
        "ekm_access_denied",
        "an_error_of_tomorrow",
    ],
)
def test_tracker_one_refusal_because_of_the_configuration_loses_no_release(sender: Sender, error: str) -> None:
    """The release at hand arrives before the next one."""
    sender.slack.fail("chat.postMessage", 200, error=error)
    sender.put("1.1.0", "1.2.0")
    sender.work_until(sender.now + MINUTE)
    assert sender.sent == ["1.1.0", "1.2.0"]


def test_tracker_a_revoked_token_is_replaced(sender: Sender) -> None:
    """With the new token the waiting releases arrive at once, in order."""
    old = sender.slack.token
    sender.slack.replace_token("xoxb-the-next-token-of-the-app")
    sender.put("1.1.0", "1.2.0")
    sender.work_until(sender.now + 60 * MINUTE)
    (problem,) = message_problems(SqlMessageQueues(sender.parts.engine))
    assert ("token_revoked" in problem.message, "IMAGE_FACTORY_SLACK_TOKEN" in problem.remedy) == (True, True)
    assert old not in problem.message
    sender.restart()
    sender.work_until(sender.now + timedelta(seconds=5))

    assert sender.sent == ["1.1.0", "1.2.0"]


def test_tracker_another_channel_is_used_at_once_after_a_restart(sender: Sender) -> None:
    """The archived one stopped everything."""
    sender.slack.workspace.add("C0NEXT00001", "next")
    sender.slack.builds.archived = True
    sender.put("1.1.0")
    sender.work_until(sender.now + 60 * MINUTE)
    sender.restart(channel="#next")
    sender.work_until(sender.now + timedelta(seconds=5))

    assert [message.text for message in sender.slack.workspace.channels["C0NEXT00001"].messages]
    assert sender.slack.builds.messages == []


@pytest.mark.parametrize("scopes", [None, {"chat:write"}])
def test_tracker_outages_limits_and_lost_answers_lose_no_release(sender: Sender, scopes: set[str] | None) -> None:
    """Each arrives once; with chat:write alone at least once. The order stays."""
    slack = sender.slack
    slack.scopes = scopes or slack.scopes
    slack.fail("chat.postMessage", 503)
    sender.put("1.1.0", "1.2.0", "1.3.0", "1.4.0")
    sender.work_until(sender.now + timedelta(seconds=5))
    slack.fail("chat.postMessage", 429, error="ratelimited", retry_after=40)
    sender.work_until(sender.now + MINUTE)
    slack.lose_answer("chat.postMessage")
    sender.work_until(sender.now + MINUTE)
    slack.lose_request("chat.postMessage")
    sender.put("1.5.0")
    slack.lose_answer("chat.postMessage")
    sender.put("1.6.0")
    sender.work_until(sender.now + 10 * MINUTE)

    every = ["1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0", "1.6.0"]
    assert [name for name, _ in groupby(sender.sent)] == every
    if scopes is None:
        assert sender.sent == every


def test_tracker_an_operator_sees_why_messages_wait(sender: Sender) -> None:
    """It is in the problems, the readiness, the metrics, and on the first page; then it is gone everywhere."""
    sender.slack.builds.joined = False
    sender.put("1.1.0", "1.2.0")
    sender.work_until(sender.now + timedelta(seconds=10))
    client = sender.client()
    (problem,) = (each for each in client.get("/api/v1/problems").get_json()["items"] if each["kind"] == "slack")
    assert problem["message"] == "the app is not in the channel #builds (2 messages waiting)"
    assert problem["remedy"] == "Invite the app to #builds: write /invite @image-factory there."
    assert (problem["where"], bool(problem["since"])) == ("#builds", True)
    metrics = client.get("/metrics").text
    assert 'image_factory_messages_stopped{channel="slack"} 1.0' in metrics
    assert 'image_factory_messages_waiting{channel="slack"} 2.0' in metrics
    assert 'image_factory_message_attempts_total{channel="slack",outcome="stopped"} 1.0' in metrics
    age = metrics.partition('image_factory_messages_oldest_age_seconds{channel="slack"} ')[2].partition("\n")[0]
    assert 10 <= float(age) < 11
    page = client.get("/").text
    assert "write /invite @image-factory there" in page
    assert "2 messages waiting" in page

    sender.slack.builds.joined = True
    sender.work_until(sender.now + MINUTE)
    assert [each for each in client.get("/api/v1/problems").get_json()["items"] if each["kind"] == "slack"] == []
    assert 'image_factory_messages_stopped{channel="slack"} 0.0' in client.get("/metrics").text
    assert "/invite" not in client.get("/").text


def test_tracker_slack_and_the_webhook_never_wait_for_each_other(sender: Sender, receiver: ReleaseReceiver) -> None:
    """Each has its own queue and its own receipts; the webhook gets what is announced from its first start on."""
    sender.put("1.0.0")
    sender.work_until(sender.now + timedelta(seconds=5))
    sender.hooked(receiver)
    sender.slack.builds.joined = False
    sender.put("1.1.0")
    SqlOutbox(sender.parts.engine).put(rebuild(), sender.now)
    sender.work_until(sender.now + timedelta(seconds=5))
    assert (sender.sent, events(receiver)) == (["1.0.0"], ["1.1.0"])

    sender.slack.builds.joined = True
    receiver.status = 503
    sender.put("1.2.0")
    sender.work_until(sender.now + 5 * MINUTE)
    assert sender.sent == ["1.0.0", "1.1.0", "rebuild:r-1", "1.2.0"]
    assert events(receiver) == ["1.1.0"]
    receiver.status = 202
    sender.work_until(sender.now + 15 * MINUTE)
    assert events(receiver) == ["1.1.0", "1.2.0"]
    assert receiver.doubles == 0


def test_tracker_the_webhook_loses_no_release(sender: Sender, receiver: ReleaseReceiver) -> None:
    """Through a wrong secret, limits, lost requests and lost answers, each comes at least once, in order."""
    sender.hooked(receiver)
    receiver.secret = "another-secret-of-the-receiver"
    sender.put("1.1.0", "1.2.0", "1.3.0", "1.4.0")
    sender.work_until(sender.now + 5 * MINUTE)
    (problem,) = (each for each in message_problems(SqlMessageQueues(sender.parts.engine)) if each.kind == "webhook")
    assert ("answered 401" in problem.message, "(4 messages waiting)" in problem.message) == (True, True)
    assert "IMAGE_FACTORY_RELEASES_WEBHOOK_SECRET" in problem.remedy
    assert 'image_factory_messages_stopped{channel="webhook"} 1.0' in sender.client().get("/metrics").text

    receiver.secret = SECRET
    receiver.lose_request()
    receiver.lose_answer()
    sender.work_until(sender.now + 15 * MINUTE)
    receiver.fail(429, {"Retry-After": "30"})
    sender.put("1.5.0")
    sender.work_until(sender.now + MINUTE)

    assert events(receiver) == ["1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0"]
    assert receiver.doubles == 1


def test_tracker_a_receiver_that_is_gone_is_left_alone(sender: Sender, receiver: ReleaseReceiver) -> None:
    """Until a restart; what was announced meanwhile is not lost."""
    sender.hooked(receiver)
    receiver.fail(410)
    sender.put("1.1.0", "1.2.0")
    sender.work_until(sender.now + timedelta(days=2))
    assert receiver.seen == 1
    sender.hooked(receiver)
    sender.work_until(sender.now + MINUTE)
    assert events(receiver) == ["1.1.0", "1.2.0"]


def test_tracker_without_the_setting_nothing_is_kept_for_a_webhook(sender: Sender, receiver: ReleaseReceiver) -> None:
    """What waited is deleted, and a webhook that is set again begins anew."""
    sender.hooked(receiver)
    receiver.status = 503
    sender.put("1.1.0")
    sender.work_until(sender.now + timedelta(seconds=5))
    sender.restart()
    sender.put("1.2.0")
    receiver.status = 202
    sender.hooked(receiver)
    sender.put("1.3.0")
    sender.work_until(sender.now + MINUTE)

    assert events(receiver) == ["1.3.0"]
    assert sender.sent == ["1.1.0", "1.2.0", "1.3.0"]


def test_tracker_the_service_stays_ready_and_says_why_messages_wait(sender: Sender) -> None:
    """The cause is at the part that sends messages, and goes with the problem."""
    sender.slack.builds.joined = False
    worker = messages.message_worker(sender.parts)
    turn = threading.Thread(target=worker.announce, daemon=True)
    turn.start()
    client = sender.client()

    def part() -> Any:
        return next(each for each in client.get("/readyz").get_json()["parts"] if each["name"] == "messages")

    wait_until(lambda: bool(part()["cause"]), "the cause")
    worker.stop()
    turn.join(30)
    cause = (
        "slack: the app is not in the channel #builds. Invite the app to #builds: write /invite @image-factory there."
    )
    assert part() == {"name": "messages", "able": True, "cause": cause}


def test_tracker_who_only_reads_sees_no_notice(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what only others can do."""
    sender.slack.builds.joined = False
    sender.work_until(sender.now + timedelta(seconds=5))
    client = sender.client()
    page = client.get("/").text
    assert "/invite" in page
    assert "No message is lost: all are sent in order when this is corrected." in page
    monkeypatch.setattr("provider.tracker.pages.message_notices.may_change", lambda: False)
    assert "/invite" not in client.get("/").text
