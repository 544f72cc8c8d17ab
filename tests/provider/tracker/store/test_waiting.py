"""Announcements that wait in the database."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Engine, func, select

from provider.notifications.message import Message, MessageKind
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.outbox import SqlOutbox
from provider.tracker.store.tracker_store import SqlTrackerStore
from provider.tracker.store.waiting import WaitingAnnouncements, waiting_announcements
from tests.contracts.tracker_subjects import HOUR, NOW, fields, polled

MINUTE = timedelta(minutes=1)


def tracked(store: SqlTrackerStore, number: int) -> Sequence[int]:
    """So many repositories that were polled once."""
    ids = store.add_all([fields(f"acme/app-{each}", name=f"app-{each}") for each in range(number)], NOW)
    store.record([polled(store, each, ["1.0.0"]) for each in ids])
    return ids


def publish(store: SqlTrackerStore, ids: Sequence[int], version: str, at: datetime) -> None:
    """Find a release of each repository."""
    store.record([polled(store, each, ["1.0.0", version], at) for each in ids])


def queued(engine: Engine) -> Sequence[Message]:
    """The messages for the channel."""
    return SqlOutbox(engine).due(1_000)


def test_tracker_two_hundred_releases_of_one_round_are_a_few_messages(engine: Engine) -> None:
    """In transactions as the round writes them: ten repositories have a message each, the others share five."""
    store, waiting = SqlTrackerStore(engine), WaitingAnnouncements(engine, None)
    ids = tracked(store, 200)
    for second in range(50):
        now = NOW + HOUR + timedelta(seconds=second)
        publish(store, ids[4 * second : 4 * second + 4], "1.1.0", now)
        waiting.put_due(now)
    waiting.put_due(NOW + HOUR + 2 * MINUTE)

    kinds = [message.kind for message in queued(engine)]
    assert (kinds.count(MessageKind.RELEASES), kinds.count(MessageKind.SUMMARY)) == (8, 5)
    subjects = str([message.body for message in queued(engine)])
    assert all(subjects.count(f"'name': 'app-{each}',") == 1 for each in range(200))


def test_tracker_a_batch_of_two_hundred_waits_for_the_next_look(engine: Engine) -> None:
    """The process that polled may be killed before it: they are in the database."""
    store = SqlTrackerStore(engine)
    publish(store, tracked(store, 200), "1.1.0", NOW + HOUR)
    assert queued(engine) == []

    WaitingAnnouncements(engine, None).put_due(NOW + HOUR + MINUTE)
    assert len(queued(engine)) == 5
    WaitingAnnouncements(engine, None).put_due(NOW + HOUR + 2 * MINUTE)
    assert len(queued(engine)) == 5
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(waiting_announcements)).scalar_one() == 0


def test_tracker_a_summary_goes_out_once_a_day_over_restarts(engine: Engine) -> None:
    """Other queues than the channel's get each announcement at once, with its notes."""
    at = time(NOW.hour, NOW.minute)
    SqlMessageQueues(engine).keep_only({"webhook": frozenset({MessageKind.RELEASES})})
    store = SqlTrackerStore(engine, at)
    ids = tracked(store, 3)
    publish(store, ids, "1.1.0", NOW + HOUR)
    assert queued(engine) == []
    assert [message.kind for message in SqlOutbox(engine, "webhook").due(10)] == [MessageKind.RELEASES] * 3

    for hours in range(1, 24):
        WaitingAnnouncements(engine, at).put_due(NOW + hours * HOUR)
    assert queued(engine) == []
    for hours in (25, 26, 27):
        WaitingAnnouncements(engine, at).put_due(NOW + hours * HOUR)
    (message,) = queued(engine)
    assert (message.kind, message.body["daily"], message.body["count"]) == (MessageKind.SUMMARY, True, 3)
    assert len(SqlOutbox(engine, "webhook").due(10)) == 3


def test_tracker_what_is_recorded_again_is_announced_once(engine: Engine) -> None:
    """The outbox knows its id."""
    store = SqlTrackerStore(engine)
    ids = tracked(store, 1)
    result = polled(store, ids[0], ["1.0.0", "1.1.0"], NOW + HOUR)
    store.record([result])
    store.record([result])
    assert len(queued(engine)) == 1
