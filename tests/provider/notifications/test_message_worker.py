"""The part of the worker that sends messages."""

import threading
from datetime import datetime, timedelta

from provider.notifications.message_worker import KEPT, MessageWorker
from provider.notifications.queue_state import ChannelProblem
from provider.notifications.sending import MessageSender
from tests.fakes.notifier import FakeNotifier
from tests.peers.process import wait_until
from tests.provider.tracker.services.tracker_world import TrackerWorld


class Working:
    """A message worker of a world, with its channel; `senders` are the senders that it made."""

    def __init__(self, world: TrackerWorld, turn: timedelta = timedelta(minutes=1)) -> None:
        self.channel = FakeNotifier()
        self.senders: list[MessageSender] = []
        self.reports: list[int] = []
        self.notices: list[str] = []
        self.before: list[datetime] = []
        self.worker = MessageWorker(
            world.outbox,
            lambda restarted: self._made(world, restarted=restarted),
            world.clock.now,
            turn=turn,
            before=self._looked,
            report=self._reported,
        )

    def _made(self, world: TrackerWorld, *, restarted: bool) -> MessageSender:
        self.senders.append(MessageSender(world.outbox, self.channel, world.clock.now, restarted, pace=timedelta()))
        return self.senders[-1]

    def _looked(self, now: datetime) -> None:
        """Whatever it raises, messages are sent."""
        self.before.append(now)
        raise ValueError("cannot be read")

    def _reported(self, notice: str) -> None:
        self.reports.append(len(self.channel.channel))
        self.notices.append(notice)


def test_tracker_a_new_release_is_told_within_the_turn() -> None:
    """It also sends a message that is put during its turn, and it ends when it is stopped."""
    world = TrackerWorld()
    tracked = world.tracked("acme/portal", "1.0.0")
    working = Working(world)
    turn = threading.Thread(target=working.worker.announce, daemon=True)
    turn.start()

    world.publish("acme/portal", "1.1.0")
    world.poller.poll_one(tracked.id)
    wait_until(lambda: bool(working.channel.channel), "the release to be announced")
    working.worker.stop()
    turn.join(30)
    assert not turn.is_alive()
    assert [message.subject for message in working.channel.channel.values()] == ["portal"]
    assert {0, 1} >= set(working.reports) >= {1}
    assert set(working.before) == {world.clock.now()}


def test_a_turn_ends() -> None:
    """Another process can run the next turn."""
    world = TrackerWorld()
    working = Working(world, turn=timedelta())
    working.worker.announce()
    assert working.senders == []


def test_after_a_gap_there_is_a_new_sender() -> None:
    """Another process may have sent messages during the gap; without a gap the sender is kept."""
    world = TrackerWorld()
    working = Working(world)
    turn = threading.Thread(target=working.worker.announce, daemon=True)
    turn.start()
    wait_until(lambda: len(working.senders) == 1, "a sender")
    world.clock.sleep(30)
    wait_until(lambda: len(working.senders) == 2, "another announcer")
    working.worker.stop()
    turn.join(30)
    assert [sender.restarted for sender in working.senders] == [True, False]


def test_what_people_should_know_is_reported_until_it_is_solved() -> None:
    """The notice has the problem and what to do."""
    world = TrackerWorld()
    working = Working(world)
    working.channel.wrong = [ChannelProblem("the app is not in the channel #fake", "Invite the app.")]
    turn = threading.Thread(target=working.worker.announce, daemon=True)
    turn.start()
    wait_until(lambda: bool(working.notices), "a report")
    assert working.notices[-1] == "fake: the app is not in the channel #fake. Invite the app."
    working.channel.wrong = []
    world.clock.sleep(31)
    wait_until(lambda: working.notices[-1] == "", "the end of the problem")
    working.worker.stop()
    turn.join(30)


def test_what_arrived_long_ago_is_forgotten() -> None:
    """They are deleted only after that time."""
    world = TrackerWorld()
    tracked = world.tracked("acme/portal", "1.0.0")
    world.publish("acme/portal", "1.1.0")
    world.poller.poll_one(tracked.id)
    (message,) = world.messages()
    world.outbox.sent(message, "receipt")
    worker = Working(world).worker
    worker.tidy()
    assert world.messages()
    world.clock.sleep(KEPT.total_seconds() + 1)
    worker.tidy()
    assert world.messages() == []
