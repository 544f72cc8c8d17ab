"""A channel that takes no messages because of its configuration: all of them wait, in order."""

from datetime import timedelta

import pytest

from provider.notifications.failures import ChannelClosed, MessageRefused
from provider.notifications.queue_state import ChannelProblem, SendOutcome
from provider.notifications.sending import UNKNOWN_ERRORS
from proxy.errors import AddressRefused, Unavailable
from tests.provider.notifications.test_sending import Sending, about
from tests.provider.services.world import MINUTE, START

CLOSED = ChannelClosed("not_in_channel", "Invite the app.")


@pytest.fixture
def sending() -> Sending:
    """One with two messages."""
    found = Sending()
    found.put(about(1), about(2))
    return found


@pytest.mark.parametrize("error", [CLOSED, AddressRefused("10.0.0.1 is a private address")])
def test_tracker_a_closed_channel_stops_the_queue_and_loses_nothing(sending: Sending, error: Exception) -> None:
    """The same message is tried again; then all arrive in order, without a restart."""
    for _ in range(3):
        sending.notifier.fail_next(error)
    sending.work()

    assert sending.sent == ["m-1", "m-2"]
    assert sending.notifier.asked == ["send"] * 5
    assert sending.outbox.state().outcomes == {SendOutcome.STOPPED: 3, SendOutcome.SENT: 2}


def test_the_pauses_grow_up_to_a_quarter_of_an_hour(sending: Sending) -> None:
    """After a message has arrived they begin again."""
    pauses = []
    for _ in range(8):
        sending.notifier.fail_next(CLOSED)
        before = sending.now
        sending.now = sending.sender.send_next() or sending.now
        pauses.append(int((sending.now - before).total_seconds()))
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]

    sending.now = sending.sender.send_next() or sending.now
    sending.notifier.fail_next(CLOSED)
    assert sending.sender.send_next() == sending.now + timedelta(seconds=30)


def test_a_new_process_tries_at_once(sending: Sending) -> None:
    """Its settings may be others; the turn of another process is no restart, and goes on with the pause."""
    sending.notifier.fail_next(CLOSED)
    sending.sender.send_next()
    sending.restart(restarted=False)
    assert sending.sender.send_next() == START + timedelta(seconds=30, microseconds=2)
    assert sending.sent == []
    sending.restart()
    sending.sender.send_next()

    assert sending.sent == ["m-1"]
    assert not sending.outbox.state().stopped


def test_the_state_says_since_when_and_what_to_do(sending: Sending, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged as an error once; each later try is no error."""
    began = sending.now
    for _ in range(3):
        sending.notifier.fail_next(CLOSED)
        sending.now = sending.sender.send_next() or sending.now
    state = sending.outbox.state()

    assert (state.stopped, state.since) == (True, began)
    assert state.problem == ChannelProblem("not_in_channel", "Invite the app.")
    assert (state.channel, state.where, state.notice) == ("fake", "#fake", "fake: not_in_channel. Invite the app.")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    sending.work()
    assert sending.outbox.state().notice == ""


def test_a_check_explains_a_stop(sending: Sending) -> None:
    """The channel is checked at the start and at each stop, and its answer is shown."""
    sending.notifier.wrong = [ChannelProblem("the app is not in #builds", "Write /invite @image-factory.")]
    sending.notifier.fail_next(CLOSED)
    sending.now = sending.sender.send_next() or sending.now
    assert sending.outbox.state().problem == sending.notifier.wrong[0]
    assert sending.notifier.checks == 1
    sending.notifier.fail_next(CLOSED)
    sending.now = sending.sender.send_next() or sending.now
    assert sending.notifier.checks == 2
    sending.notifier.wrong = []
    sending.work()

    assert sending.sent == ["m-1", "m-2"]
    assert sending.outbox.state().problem is None


def test_tracker_what_is_wrong_at_the_start_is_shown_before_any_message_waits() -> None:
    """It is checked again after growing pauses until it is solved; then no more."""
    sending = Sending()
    sending.notifier.wrong = [ChannelProblem("the app is not in #builds", "Invite it.")]
    assert sending.sender.send_next() is None
    assert sending.outbox.state().stopped
    sending.now += timedelta(seconds=29)
    sending.sender.send_next()
    assert sending.notifier.checks == 1
    sending.notifier.wrong = []
    sending.now += timedelta(seconds=1)
    sending.sender.send_next()
    assert not sending.outbox.state().stopped
    sending.now += 60 * MINUTE
    sending.sender.send_next()
    assert sending.notifier.checks == 2


def test_what_is_missing_for_comfort_stops_nothing(sending: Sending) -> None:
    """It is a note, and messages arrive."""
    sending.notifier.wrong = [ChannelProblem("no scope channels:history", "Add it.", stops=False)]
    sending.work()
    state = sending.outbox.state()

    assert sending.sent == ["m-1", "m-2"]
    assert (state.stopped, state.problem, state.notes) == (False, None, tuple(sending.notifier.wrong))


@pytest.mark.parametrize("failure", [Unavailable("down"), None])
def test_a_check_that_fails_delays_no_message(sending: Sending, failure: Unavailable | None) -> None:
    """A channel that cannot be asked, and an unexpected error."""
    if failure:
        sending.notifier.wrong = failure
    else:
        sending.notifier.check = broken_check  # type: ignore[method-assign]  # one method fails
    sending.work()
    assert sending.sent == ["m-1", "m-2"]


def broken_check() -> list[ChannelProblem]:
    """A programming error."""
    raise RuntimeError("a programming error")


def test_only_a_message_whose_content_is_refused_lets_others_pass(sending: Sending) -> None:
    """It is kept with its problem, and counted."""
    sending.notifier.fail_next(MessageRefused("no_text"))
    sending.work()

    assert sending.sent == ["m-2"]
    assert sending.outbox.kept["m-1"].problem == "no_text"
    assert sending.outbox.state().outcomes == {SendOutcome.REFUSED: 1, SendOutcome.SENT: 1}


def test_an_error_that_is_not_documented_stops_the_queue_for_a_day(sending: Sending) -> None:
    """It may concern the message alone: then that one is kept with the problem, and the others arrive."""
    unknown = ChannelClosed("an_error_of_tomorrow", "Look it up.", documented=False)
    while sending.outbox.kept["m-1"].problem == "":
        sending.notifier.fail_next(unknown)
        sending.now = sending.sender.send_next() or sending.now
        assert sending.sent == []
    assert UNKNOWN_ERRORS <= sending.now - START <= UNKNOWN_ERRORS + 16 * MINUTE
    sending.work()

    assert sending.sent == ["m-2"]


def test_a_channel_that_asks_for_no_more_tries_gets_none_before_a_restart(sending: Sending) -> None:
    """Nothing is lost."""
    sending.notifier.fail_next(ChannelClosed("410", "Set another address.", retried=False))
    sending.sender.send_next()
    sending.now += timedelta(days=30)
    sending.sender.send_next()
    sending.restart(restarted=False)
    sending.sender.send_next()
    assert sending.notifier.asked == ["send"]
    sending.restart()
    sending.work()

    assert sending.sent == ["m-1", "m-2"]


def test_a_lost_answer_stays_open_through_a_stop(sending: Sending) -> None:
    """The message is searched for again when the channel is open, so it is there once."""
    sending.notifier.lose_next(arrives=True)
    sending.now = sending.sender.send_next() or sending.now
    for _ in range(2):
        sending.notifier.fail_next(CLOSED)
    sending.work()

    assert sending.sent == ["m-1", "m-2"]
    assert sending.notifier.asked == ["send", "find", "send", "find", "update", "send"]


def test_a_message_with_which_the_receiver_always_fails_holds_up_the_others_for_a_day(sending: Sending) -> None:
    """Then it is kept with the problem, and the others arrive; it is tried again at the next start."""
    while sending.outbox.kept["m-1"].problem == "":
        sending.notifier.lose_next(arrives=False)
        sending.now = sending.sender.send_next() or sending.now
        assert sending.sent == []
    assert UNKNOWN_ERRORS <= sending.now - START <= UNKNOWN_ERRORS + 16 * MINUTE
    sending.work()
    assert sending.sent == ["m-2"]
    assert sending.outbox.state().problem is None
    sending.restart()
    sending.work()

    assert sending.sent == ["m-2", "m-1"]


def test_an_outage_of_days_sets_no_message_aside(sending: Sending) -> None:
    """What certainly did not arrive waits as long as it takes; only a day of unknown outcomes in a row counts."""
    while sending.now - START < 3 * UNKNOWN_ERRORS:
        if sending.now - START < UNKNOWN_ERRORS / 2:
            sending.notifier.lose_next(arrives=False)
        else:
            sending.notifier.fail_next(Unavailable("it is down"))
        sending.now = sending.sender.send_next() or sending.now
    sending.notifier.lose_next(arrives=False)
    sending.now = sending.sender.send_next() or sending.now
    sending.work()

    assert sending.sent == ["m-1", "m-2"]
