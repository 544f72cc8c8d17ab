"""The contract of the outbox, over the database and the fake."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from provider.notifications.message import Message, MessageKind
from provider.notifications.ports import Outbox
from provider.notifications.queue_state import ChannelProblem, QueueState, SendOutcome
from provider.store.outbox import SqlOutbox
from tests.databases import KINDS, migrated_engine
from tests.fakes.outbox import FakeOutbox
from tests.provider.store.samples import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["fake", *KINDS])
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    if request.param == "fake":
        yield FakeOutbox()
        return
    with migrated_engine(request.param, tmp_path) as engine:
        yield SqlOutbox(engine)


def message(number: int = 1, text: str = "one") -> Message:
    """A message with this text."""
    return Message(f"m-{number}", MessageKind.REBUILD, "portal", {"reason": text})


def ids(outbox: Outbox) -> list[str]:
    """The ids of the messages that are due."""
    return [each.id for each in outbox.due(10)]


def only(outbox: Outbox) -> Message:
    """The one message that is due."""
    (found,) = outbox.due(10)
    return found


def test_messages_are_due_in_the_order_they_were_put(outbox: Outbox) -> None:
    """At most the requested number is returned; a message put twice is due once."""
    for number in (2, 1, 2):
        outbox.put(message(number), NOW + number * timedelta(seconds=-1))

    assert ids(outbox) == ["m-2", "m-1"]
    assert [each.id for each in outbox.due(1)] == ["m-2"]


def test_a_sent_message_is_due_again_with_another_body(outbox: Outbox) -> None:
    """It has the receipt of the sent message; an equal body changes nothing."""
    outbox.put(message(), NOW)
    outbox.sent(only(outbox), "C1/1.0")
    outbox.put(message(), NOW)
    assert ids(outbox) == []

    outbox.put(message(text="two"), NOW)
    due = only(outbox)
    assert (due.receipt, due.tried, due.revision, due.body) == ("C1/1.0", False, 2, {"reason": "two"})


def test_a_body_that_changed_while_it_was_sent_stays_due(outbox: Outbox) -> None:
    """The earlier revision arrived."""
    outbox.put(message(), NOW)
    sending = only(outbox)
    outbox.put(message(text="two"), NOW)
    outbox.sent(sending, "C1/1.0")

    assert (only(outbox).body, only(outbox).receipt) == ({"reason": "two"}, "C1/1.0")


def test_an_attempt_stays_marked_until_its_outcome_is_known(outbox: Outbox) -> None:
    """A message that did not arrive is unmarked, and keeps its place before the others."""
    outbox.put(message(), NOW)
    outbox.trying(only(outbox))
    assert only(outbox).tried
    outbox.not_sent(only(outbox))
    outbox.put(message(2), NOW + MINUTE)

    assert ids(outbox) == ["m-1", "m-2"]
    assert not outbox.due(1)[0].tried


def test_a_message_whose_receipt_is_forgotten_is_sent_as_a_new_one(outbox: Outbox) -> None:
    """It stays due without a receipt."""
    outbox.put(message(), NOW)
    outbox.sent(only(outbox), "C1/1.0")
    outbox.put(message(text="two"), NOW)
    outbox.send_anew(only(outbox))

    assert (only(outbox).receipt, only(outbox).body) == (None, {"reason": "two"})


def test_the_state_of_the_queue_is_kept(outbox: Outbox) -> None:
    """At first nothing is known."""
    assert outbox.state() == QueueState()
    problem = ChannelProblem("not_in_channel", "Invite the app.")
    state = QueueState("slack", "#builds").waiting(problem, NOW, NOW + MINUTE).counted(SendOutcome.STOPPED)
    outbox.record(state)

    assert outbox.state() == state


REFUSALS: list[Callable[[Outbox], None]] = [
    lambda outbox: outbox.put(message(text="two"), NOW),
    lambda outbox: outbox.take_up_refused(),
]


@pytest.mark.parametrize("revive", REFUSALS, ids=["another-body", "taken-up"])
def test_a_refused_message_waits_for_a_person_or_another_body(outbox: Outbox, revive: Callable[[Outbox], None]) -> None:
    """Its attempt is not forgotten."""
    outbox.put(message(), NOW)
    outbox.trying(only(outbox))
    outbox.refused(only(outbox), "channel_not_found")
    assert ids(outbox) == []

    revive(outbox)
    assert only(outbox).tried


def test_only_refused_messages_are_resumed(outbox: Outbox) -> None:
    """A message that arrived is not sent again."""
    outbox.put(message(), NOW)
    outbox.sent(only(outbox), "C1/1.0")
    outbox.take_up_refused()

    assert ids(outbox) == []


def test_old_messages_that_arrived_are_removed(outbox: Outbox) -> None:
    """Due messages stay; a removed message is new when it is put again."""
    outbox.put(message(1), NOW - MINUTE)
    outbox.sent(only(outbox), "C1/1.0")
    outbox.put(message(2), NOW - MINUTE)
    outbox.forget(NOW)
    outbox.put(message(1), NOW)

    assert ids(outbox) == ["m-2", "m-1"]
    assert [each.receipt for each in outbox.due(10)] == [None, None]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_that_cannot_be_read_stops_no_other(tmp_path: Path, kind: str) -> None:
    """It is refused with the problem, and the next one is sent."""
    with migrated_engine(kind, tmp_path) as engine:
        outbox = SqlOutbox(engine)
        for number in range(3):
            outbox.put(message(number), NOW)
        with engine.begin() as connection:
            connection.execute(text("UPDATE outbox SET body = '{' WHERE id = 'm-0'"))
            connection.execute(text("UPDATE outbox SET kind = 'odd' WHERE id = 'm-1'"))

        assert [each.id for each in outbox.due(1)] == ["m-2"]
        with engine.connect() as connection:
            found = connection.execute(
                text("SELECT id, problem FROM outbox WHERE problem IS NOT NULL ORDER BY id")
            ).all()
        assert [row.id for row in found] == ["m-0", "m-1"]
        assert all("cannot be read: internal error: " in row.problem for row in found)
