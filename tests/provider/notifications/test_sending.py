"""Sending the messages of the outbox: each once, one a second."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.channels.table import notifier_of
from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from provider.notifications.message import Message, MessageKind
from provider.notifications.sending import SETTLING_TIME, MessageSender
from provider.settings.reading import read_settings
from proxy.errors import Refused, Unavailable
from proxy.secrets.secret import Secret
from tests.fakes.notifier import FakeNotifier
from tests.fakes.outbox import FakeOutbox
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import PUBLIC_URL, rebuild, release, releases
from tests.provider.services.hostile import ERRORS
from tests.provider.services.world import MINUTE, START
from tests.proxy.scripted import real_transport

SECOND = timedelta(seconds=1)


def about(number: int) -> Message:
    """A message with this number."""
    return Message(f"m-{number}", MessageKind.FAILURE, f"image {number}", {"title": f"image {number} is down"})


class Sending:
    """An outbox, a channel, and a clock that jumps to the time of the sender's next call."""

    def __init__(self) -> None:
        self.outbox, self.notifier = FakeOutbox(), FakeNotifier()
        self.now = START
        self.restart()

    def restart(self, *, restarted: bool = True) -> None:
        """Start a new process with the same outbox and channel, or another process takes its turn."""
        self.sender = MessageSender(self.outbox, self.notifier, lambda: self.now, restarted)

    def put(self, *messages: Message) -> None:
        """Put these messages into the outbox."""
        for message in messages:
            self.outbox.put(message, self.now)
            self.now += timedelta(microseconds=1)

    def work(self) -> None:
        """Call the sender until no message is due."""
        for _ in range(100):
            again = self.sender.send_next()
            if again is None:
                return
            assert again > self.now
            self.now = again
        pytest.fail("the sender does not finish")

    @property
    def sent(self) -> list[str]:
        """The ids of the messages in the channel."""
        return [message.id for message in self.notifier.channel.values()]


def refuse_update(message: Message, receipt: str) -> str:
    """No message can be updated."""
    raise CannotUpdate(f"{message.id} at {receipt}: edit_window_closed")


@pytest.fixture
def sending() -> Sending:
    """One with an empty outbox."""
    return Sending()


def test_one_message_a_second_in_their_order(sending: Sending) -> None:
    """Before the returned time nothing is sent."""
    sending.put(about(1), about(2))
    again = sending.sender.send_next()

    assert again == sending.now + SECOND
    assert sending.sender.send_next() == again
    assert sending.sent == ["m-1"]
    sending.work()
    assert sending.sent == ["m-1", "m-2"]
    assert sending.sender.send_next() is None


def test_a_message_with_a_new_body_is_updated(sending: Sending) -> None:
    """There is one message; a body that did not change is not sent."""
    sending.put(rebuild("requested"))
    sending.work()
    sending.put(rebuild("running"), rebuild("running"))
    sending.work()

    assert sending.notifier.asked == ["send", "update"]
    (message,) = sending.notifier.channel.values()
    assert message.body["state"] == "running"


def test_an_outage_delays_all_messages_and_loses_none(sending: Sending) -> None:
    """Nothing is sent before the time that the channel gave; then all are sent in order."""
    sending.notifier.fail_next(Unavailable("too many", START + 5 * MINUTE))
    sending.put(about(1), about(2))
    assert sending.sender.send_next() == START + 5 * MINUTE
    state = sending.outbox.state()
    assert state.problem is not None
    assert (state.problem.message, state.stopped, state.retry_at) == ("too many", False, START + 5 * MINUTE)
    sending.work()

    assert sending.sent == ["m-1", "m-2"]
    assert sending.outbox.state().problem is None


def test_a_time_that_the_channel_named_holds_through_a_restart(sending: Sending) -> None:
    """The order of the messages stays the same."""
    sending.notifier.fail_next(Unavailable("too many", START + 5 * MINUTE))
    sending.put(about(1), about(2))
    sending.sender.send_next()
    sending.restart()

    assert sending.sender.send_next() == START + 5 * MINUTE
    sending.work()
    assert sending.sent == ["m-1", "m-2"]


def test_pauses_grow_while_an_outage_lasts(sending: Sending) -> None:
    """They grow up to ten minutes."""
    sending.put(about(1))
    pauses = []
    for _ in range(9):
        sending.notifier.fail_next(Unavailable("down"))
        before = sending.now
        sending.now = sending.sender.send_next() or sending.now
        pauses.append(int((sending.now - before).total_seconds()))

    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600, 600]


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("restarted", [True, False])
def test_an_unknown_outcome_is_settled_by_searching_the_channel(
    sending: Sending, arrives: bool, restarted: bool
) -> None:
    """The search begins when the message had time to appear; the message is sent again only if it is not found."""
    sending.notifier.lose_next(arrives=arrives)
    sending.put(about(1), about(2))
    assert sending.sender.send_next() == sending.now + SETTLING_TIME
    if restarted:
        sending.restart()
    sending.work()

    assert sending.sent == ["m-1", "m-2"]
    assert sending.notifier.asked[:2] == ["send", "find"]
    assert sending.notifier.asked.count("send") == (2 if arrives else 3)


def test_a_channel_that_cannot_be_asked_leaves_the_outcome_open(sending: Sending) -> None:
    """The message is not sent before the channel was searched, even after a restart."""
    sending.notifier.lose_next(arrives=True)
    sending.put(about(1))
    sending.notifier.fail_next(Unavailable("too many", START + 5 * MINUTE))
    sending.now = sending.sender.send_next() or sending.now
    assert sending.sender.send_next() == START + 5 * MINUTE
    sending.restart()
    sending.work()

    assert sending.notifier.asked == ["send", "find", "find", "update"]
    assert sending.sent == ["m-1"]


def test_a_body_that_changed_during_sending_arrives_too(sending: Sending) -> None:
    """The message that is found may be an earlier revision, so it is updated."""
    sending.notifier.lose_next(arrives=True)
    sending.put(rebuild("requested"))
    sending.sender.send_next()
    sending.put(rebuild("success"))
    sending.work()

    (message,) = sending.notifier.channel.values()
    assert message.body["state"] == "success"
    assert sending.notifier.asked == ["send", "find", "update"]


def test_a_refused_message_is_kept_with_its_problem(sending: Sending) -> None:
    """This process does not send it again, unless its body changes; the messages after it are sent."""
    sending.put(rebuild("requested"), about(2))
    sending.notifier.fail_next(MessageRefused("invalid_blocks"))
    sending.work()
    sending.now += 60 * MINUTE
    sending.work()

    assert sending.sent == ["m-2"]
    assert sending.notifier.asked == ["send", "send"]
    assert sending.outbox.kept["rebuild:r-1"].problem == "invalid_blocks"
    sending.put(rebuild("success"))
    sending.work()
    assert sending.sent == ["m-2", "rebuild:r-1"]


def test_a_restart_sends_refused_messages_once_more(sending: Sending) -> None:
    """Another release of the service may write them differently; a turn of another process is no restart."""
    sending.put(about(1), about(2))
    sending.notifier.fail_next(MessageRefused("no_text"))
    sending.work()
    sending.restart(restarted=False)
    sending.work()
    assert sending.sent == ["m-2"]
    sending.restart()
    sending.work()

    assert sending.sent == ["m-2", "m-1"]


def test_tracker_a_history_that_cannot_be_read_loses_no_message(sending: Sending) -> None:
    """The message is sent again: twice is better than never."""
    refusals = (ChannelClosed("missing_scope", "Add the scope."), Refused("no such channel"))
    for number, refusal in enumerate(refusals, start=1):
        sending.notifier.lose_next(arrives=True)
        sending.notifier.fail_next(refusal)
        sending.put(about(number))
        sending.work()

    assert sending.sent == ["m-1", "m-1", "m-2", "m-2"]


def test_a_message_that_cannot_be_updated_is_sent_as_a_new_one(sending: Sending) -> None:
    """Also where it was found after a lost answer it stays one message."""
    sending.put(rebuild("requested"))
    sending.work()
    sending.notifier.channel.clear()
    sending.put(rebuild("success"))
    sending.work()
    assert [message.body["state"] for message in sending.notifier.channel.values()] == ["success"]

    sending.notifier.lose_next(arrives=True)
    sending.put(about(1))
    sending.now = sending.sender.send_next() or sending.now
    update, sending.notifier.update = sending.notifier.update, refuse_update  # type: ignore[method-assign]  # one fails
    sending.work()
    sending.notifier.update = update  # type: ignore[method-assign]  # as before
    assert sending.sent == ["rebuild:r-1", "m-1"]


def test_an_unexpected_failure_does_not_stop_other_messages(sending: Sending, caplog: pytest.LogCaptureFixture) -> None:
    """The message is kept with the problem, and the failure is logged."""
    send = sending.notifier.send

    def broken(message: Message) -> str:
        if message.id == "m-1":
            raise RuntimeError("a programming error")
        return send(message)

    sending.notifier.send = broken  # type: ignore[method-assign]  # one method fails
    sending.put(about(1), about(2))
    sending.work()

    assert sending.sent == ["m-2"]
    assert sending.outbox.kept["m-1"].problem == "RuntimeError: see the log"
    assert "a programming error" in caplog.text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["send", "update", "find"]), st.sampled_from(sorted(ERRORS))), max_size=3),
    st.integers(1, 4),
)
def test_whatever_one_message_raises_the_others_are_sent(strikes: list[tuple[str, str]], bad: int) -> None:
    """The sends, updates and searches of one message may end with anything."""
    sending, raised = Sending(), {method: ERRORS[error]() for method, error in strikes}

    def hostile(method: str, before: Callable[..., Any]) -> Callable[..., Any]:
        def call(message: Message, *others: Any) -> Any:
            if message.id == f"m-{bad}" and method in raised:
                raise raised[method]
            return before(message, *others)

        return call

    for method in ("send", "update", "find"):
        setattr(sending.notifier, method, hostile(method, getattr(sending.notifier, method)))
    sending.put(*map(about, range(1, 5)))
    sending.work()
    sending.restart()
    sending.work()

    others = [f"m-{number}" for number in range(1, 5) if number != bad]
    assert [each for each in sending.sent if each != f"m-{bad}"] == others


def test_slack_gets_each_message_once_despite_a_429_an_outage_and_a_lost_answer(slack: Slack) -> None:
    """The fake Slack server allows one message a second, and has the clock of the sender."""
    outbox, now = FakeOutbox(), [START]

    def clock() -> float:
        return now[0].timestamp()

    slack.clock = clock
    channel = SlackNotifier(
        Secret(slack.token),
        "builds",
        api_url=slack.api_url,
        public_url=PUBLIC_URL,
        transport=real_transport(),
        now=lambda: now[0],
    )
    sender = MessageSender(outbox, channel, lambda: now[0], restarted=True)
    for number in range(5):
        outbox.put(about(number), START + timedelta(microseconds=number))
    slack.fail("chat.postMessage", 429, error="ratelimited", retry_after=30)
    slack.down()

    def work(again: datetime | None) -> None:
        while again is not None:
            now[0] = again
            again = sender.send_next()

    first = sender.send_next()
    slack.up()
    slack.lose_answer("chat.postMessage")
    work(first)

    assert [message.metadata and message.metadata["event_payload"]["id"] for message in slack.messages] == [
        f"m-{number}" for number in range(5)
    ]
    assert slack.calls.count("chat.postMessage") == 6


def test_tracker_release_notifications_go_to_the_one_configured_channel(slack: Slack) -> None:
    """Several releases of a repository that were found at the same time are one message."""
    slack.workspace.add("C0OTHER0001", "other")
    environ = {
        "IMAGE_FACTORY_SLACK_TOKEN": slack.token,
        "IMAGE_FACTORY_SLACK_CHANNEL": "#builds",
        "IMAGE_FACTORY_SLACK_API_URL": slack.api_url,
    }
    outbox = FakeOutbox()
    outbox.put(releases(release("2.0.0"), release("1.9.9", notes="Fixes & more")), START)
    MessageSender(outbox, notifier_of(read_settings(environ), real_transport()), lambda: START, True).send_next()

    (message,) = slack.messages
    assert message.text == "tool: 2.0.0 and 1.9.9"
    assert all(part in message.shown for part in ("2.0.0", "1.9.9", "Fixes & more"))
