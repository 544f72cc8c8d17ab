"""Messages out of the outbox: once each, one a second."""

from datetime import datetime, timedelta

import pytest

from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.channels.table import notifier_of
from provider.notifications.message import Message, MessageKind
from provider.notifications.sending import SETTLING_TIME, MessageSender
from provider.settings.reading import read_settings
from proxy.errors import Refused, Unavailable
from proxy.secrets.secret import Secret
from tests.fakes.notifier import FakeNotifier
from tests.fakes.outbox import FakeOutbox
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import PUBLIC_URL, rebuild, release, releases
from tests.provider.services.world import MINUTE, START

SECOND = timedelta(seconds=1)


def about(number: int) -> Message:
    """A message of its own."""
    return Message(f"m-{number}", MessageKind.FAILURE, f"image {number}", {"title": f"image {number} is down"})


class Office:
    """An outbox, a channel, and a clock that jumps to whenever the announcer wants to be called again."""

    def __init__(self) -> None:
        self.outbox, self.notifier = FakeOutbox(), FakeNotifier()
        self.now = START
        self.restart()

    def restart(self) -> None:
        """A new process over the same outbox and channel."""
        self.announcer = MessageSender(self.outbox, self.notifier, lambda: self.now)

    def put(self, *messages: Message) -> None:
        """Have these sent."""
        for message in messages:
            self.outbox.put(message, self.now)
            self.now += timedelta(microseconds=1)

    def work(self) -> None:
        """Call until nothing is due."""
        for _ in range(100):
            again = self.announcer.announce()
            if again is None:
                return
            assert again > self.now
            self.now = again
        pytest.fail("it never ends")

    @property
    def told(self) -> list[str]:
        """What stands in the channel."""
        return [message.id for message in self.notifier.channel.values()]


@pytest.fixture
def office() -> Office:
    """An empty one."""
    return Office()


def test_one_message_a_second_in_their_order(office: Office) -> None:
    """Between two calls nothing is sent."""
    office.put(about(1), about(2))
    again = office.announcer.announce()

    assert again == office.now + SECOND
    assert office.announcer.announce() == again
    assert office.told == ["m-1"]
    office.work()
    assert office.told == ["m-1", "m-2"]
    assert office.announcer.announce() is None


def test_a_message_that_goes_on_is_updated(office: Office) -> None:
    """There stays one message; an equal body is no update."""
    office.put(rebuild("requested"))
    office.work()
    office.put(rebuild("running"), rebuild("running"))
    office.work()

    assert office.notifier.asked == ["send", "update"]
    (message,) = office.notifier.channel.values()
    assert message.body["state"] == "running"


def test_an_outage_holds_up_everything_and_loses_nothing(office: Office) -> None:
    """Until the time that the channel named, nobody is asked; then all go in their order."""
    office.notifier.fail_next(Unavailable("too many", START + 5 * MINUTE))
    office.put(about(1), about(2))
    assert office.announcer.announce() == START + 5 * MINUTE
    assert office.outbox.kept["m-1"].problem == "too many"
    office.work()

    assert office.told == ["m-1", "m-2"]
    assert office.outbox.kept["m-1"].problem == ""


def test_pauses_grow_while_an_outage_lasts(office: Office) -> None:
    """Up to ten minutes."""
    office.put(about(1))
    pauses = []
    for _ in range(9):
        office.notifier.fail_next(Unavailable("down"))
        before = office.now
        office.now = office.announcer.announce() or office.now
        pauses.append(int((office.now - before).total_seconds()))

    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600, 600]


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("restarted", [True, False])
def test_an_unknown_outcome_is_settled_by_looking(office: Office, arrives: bool, restarted: bool) -> None:
    """After it had time to show up; what arrived is not sent again, what did not is."""
    office.notifier.lose_next(arrives=arrives)
    office.put(about(1), about(2))
    assert office.announcer.announce() == office.now + SETTLING_TIME
    if restarted:
        office.restart()
    office.work()

    assert office.told == ["m-1", "m-2"]
    assert office.notifier.asked[:2] == ["send", "find"]
    assert office.notifier.asked.count("send") == (2 if arrives else 3)


def test_a_channel_that_cannot_be_asked_leaves_the_outcome_open(office: Office) -> None:
    """Nothing is sent before the channel has said whether it is there, after a restart neither."""
    office.notifier.lose_next(arrives=True)
    office.put(about(1))
    office.notifier.fail_next(Unavailable("too many", START + 5 * MINUTE))
    office.now = office.announcer.announce() or office.now
    assert office.announcer.announce() == START + 5 * MINUTE
    office.restart()
    office.work()

    assert office.notifier.asked == ["send", "find", "find", "update"]
    assert office.told == ["m-1"]


def test_a_body_that_changed_meanwhile_arrives_too(office: Office) -> None:
    """What is found may be the earlier revision: it is updated."""
    office.notifier.lose_next(arrives=True)
    office.put(rebuild("requested"))
    office.announcer.announce()
    office.put(rebuild("success"))
    office.work()

    (message,) = office.notifier.channel.values()
    assert message.body["state"] == "success"
    assert office.notifier.asked == ["send", "find", "update"]


def test_what_the_channel_does_not_take_is_kept_with_its_problem(office: Office) -> None:
    """It is not tried again while this process lives, and the next ones go; another body is tried."""
    office.put(rebuild("requested"), about(2))
    office.notifier.fail_next(Refused("invalid_blocks"))
    office.work()
    office.now += 60 * MINUTE
    office.work()

    assert office.told == ["m-2"]
    assert office.notifier.asked == ["send", "send"]
    assert office.outbox.kept["rebuild:r-1"].problem == "invalid_blocks"
    office.put(rebuild("success"))
    office.work()
    assert office.told == ["m-2", "rebuild:r-1"]


def test_a_restart_tries_once_what_was_refused(office: Office) -> None:
    """Settings may be right by now; what may have arrived is looked for even then."""
    office.put(about(1), about(2))
    office.notifier.fail_next(Refused("channel_not_found"))
    office.notifier.lose_next(arrives=True)
    office.notifier.fail_next(Refused("missing_scope"))
    office.work()
    assert [each.problem for each in office.outbox.kept.values()] == ["channel_not_found", "missing_scope"]
    office.restart()
    office.work()

    assert sorted(office.told) == ["m-1", "m-2"]
    assert office.notifier.asked.count("send") == 3


def test_an_unforeseen_failure_stops_nobody_else(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """It is kept for a person, and logged."""
    send = office.notifier.send

    def broken(message: Message) -> str:
        if message.id == "m-1":
            raise RuntimeError("a mistake of ours")
        return send(message)

    office.notifier.send = broken  # type: ignore[method-assign]  # a mistake in one method
    office.put(about(1), about(2))
    office.work()

    assert office.told == ["m-2"]
    assert office.outbox.kept["m-1"].problem == "RuntimeError: see the log"
    assert "a mistake of ours" in caplog.text


def test_slack_sees_each_once_through_a_429_an_outage_and_a_lost_answer(slack: Slack) -> None:
    """The fake Slack keeps its one message a second, and its clock is the announcer's."""
    outbox, now = FakeOutbox(), [START]

    def clock() -> float:
        return now[0].timestamp()

    slack.clock = clock
    channel = SlackNotifier(
        Secret(slack.token), "builds", api_url=slack.api_url, public_url=PUBLIC_URL, now=lambda: now[0]
    )
    announcer = MessageSender(outbox, channel, lambda: now[0])
    for number in range(5):
        outbox.put(about(number), START + timedelta(microseconds=number))
    slack.fail("chat.postMessage", 429, error="ratelimited", retry_after=30)
    slack.down()

    def work(again: datetime | None) -> None:
        while again is not None:
            now[0] = again
            again = announcer.announce()

    first = announcer.announce()
    slack.up()
    slack.lose_answer("chat.postMessage")
    work(first)

    assert [message.metadata and message.metadata["event_payload"]["id"] for message in slack.messages] == [
        f"m-{number}" for number in range(5)
    ]
    assert slack.calls.count("chat.postMessage") == 6


def test_tracker_release_notifications_go_to_the_one_configured_channel(slack: Slack) -> None:
    """Several releases of a repository that were found at once are one message there."""
    slack.workspace.add("C0OTHER0001", "other")
    environ = {
        "IMAGE_FACTORY_SLACK_TOKEN": slack.token,
        "IMAGE_FACTORY_SLACK_CHANNEL": "#builds",
        "IMAGE_FACTORY_SLACK_API_URL": slack.api_url,
    }
    outbox = FakeOutbox()
    outbox.put(releases(release("2.0.0"), release("1.9.9", notes="Fixes & more")), START)
    MessageSender(outbox, notifier_of(read_settings(environ)), lambda: START).announce()

    (message,) = slack.messages
    assert message.text == "tool: 2 new releases"
    assert all(part in message.shown for part in ("2.0.0", "1.9.9", "Fixes & more"))
