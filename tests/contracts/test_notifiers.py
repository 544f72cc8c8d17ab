"""The contract of notifiers, over each of them and the fake."""

from collections.abc import Iterator

import pytest

from provider.notifications.channels.log import LogNotifier
from provider.notifications.channels.table import NOTIFIERS, RELEASE_NOTIFIERS
from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from proxy.errors import OutcomeUnknown, Unavailable
from tests.contracts.notifier_subjects import SUBJECTS, Subject
from tests.fakes.notifier import FakeNotifier

EVERY = (*NOTIFIERS, *RELEASE_NOTIFIERS, FakeNotifier)
CHANNELS = [kind for kind in EVERY if kind is not LogNotifier]
SEARCHED = [kind for kind in CHANNELS if kind not in RELEASE_NOTIFIERS]


@pytest.fixture(params=EVERY, ids=lambda kind: kind.__name__)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A line of the table with its peer, or the fake."""
    with SUBJECTS[request.param]() as running:
        yield running


@pytest.fixture(params=CHANNELS, ids=lambda kind: kind.__name__)
def channel(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A subject whose other end can fail."""
    with SUBJECTS[request.param]() as running:
        assert running.faulty
        yield running


@pytest.fixture(params=SEARCHED, ids=lambda kind: kind.__name__)
def searched(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A subject whose other end can fail, and can be searched."""
    with SUBJECTS[request.param]() as running:
        yield running


def test_messages_arrive_once_each(subject: Subject) -> None:
    """Messages arrive in order, each once."""
    for message in (subject.other, subject.message):
        assert subject.notifier.send(message)

    tool, portal = subject.shown()
    assert ("tool" in tool, "1.2.3" in tool, "portal" in portal) == (True, True, True)


def test_an_update_replaces_the_message(subject: Subject) -> None:
    """There is still one message, with the new text."""
    receipt = subject.notifier.send(subject.message)
    again = subject.notifier.update(subject.changed, receipt)

    assert again == receipt
    (shown,) = subject.shown()
    assert "it broke" in shown


def test_a_message_that_was_never_sent_is_not_found(subject: Subject) -> None:
    """Other messages do not match."""
    subject.notifier.send(subject.message)
    assert subject.notifier.find(subject.other) is None


def test_a_lost_answer_is_resolved_by_a_search(searched: Subject) -> None:
    """A message that arrived is found with its receipt, and can be updated by it."""
    searched.lose(arrives=True)
    with pytest.raises(OutcomeUnknown):
        searched.notifier.send(searched.message)

    receipt = searched.notifier.find(searched.message)
    assert receipt
    assert searched.notifier.update(searched.changed, receipt) == receipt
    assert len(searched.shown()) == 1


def test_a_lost_message_is_not_found(channel: Subject) -> None:
    """A message that did not arrive is not found."""
    channel.lose(arrives=False)
    with pytest.raises(OutcomeUnknown):
        channel.notifier.send(channel.message)

    assert channel.notifier.find(channel.message) is None
    assert channel.shown() == []


def test_a_closed_channel_a_refused_message_and_a_delay_differ(channel: Subject) -> None:
    """A closed channel has a remedy, a delay a time; after each the message did not arrive, and a later try does."""
    channel.close()
    with pytest.raises(ChannelClosed) as closed:
        channel.notifier.send(channel.message)
    channel.refuse()
    with pytest.raises(MessageRefused):
        channel.notifier.send(channel.message)
    channel.delay()
    with pytest.raises(Unavailable) as delayed:
        channel.notifier.send(channel.message)

    assert closed.value.remedy
    assert delayed.value.retry_at is not None
    assert channel.shown() == []
    assert channel.notifier.send(channel.message)


def test_a_receipt_of_another_channel_cannot_be_updated(channel: Subject) -> None:
    """The message has to be sent as a new one."""
    with pytest.raises(CannotUpdate):
        channel.notifier.update(channel.message, "of-another-channel")
    assert channel.shown() == []


def test_a_check_says_what_is_wrong_and_sends_nothing(channel: Subject) -> None:
    """Each problem has a remedy."""
    assert list(channel.notifier.check()) == []
    channel.break_configuration()
    (problem,) = channel.notifier.check()

    assert problem.stops
    assert problem.remedy
    assert channel.shown() == []


def test_a_channel_has_a_name_and_a_place(subject: Subject) -> None:
    """The name is the one in metrics; a log has no place."""
    assert subject.notifier.name in ("slack", "log", "webhook", "fake")
    assert bool(subject.notifier.where) is subject.faulty
