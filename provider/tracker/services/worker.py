"""What the release tracker does at each wake-up of the worker."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from provider.notifications.ports import Outbox
from provider.notifications.sending import MessageSender
from provider.tracker.services.poll_round import PollRound

TURN = timedelta(minutes=1)
"""How long one wake-up stays with the outbox: the queue is written once a minute, and messages go within a second."""

KEPT = timedelta(days=90)
"""How long messages that have arrived are remembered."""

_LOOK = timedelta(seconds=1)
_ALONE = timedelta(seconds=5)


class TrackerWorker:
    """Wake-ups over the use cases; of each at most one runs at a time, in however many processes.

    Args:
        announcer: makes one; a new one waits until what another process sent shows in the channel.
    """

    def __init__(
        self,
        sweeper: PollRound,
        outbox: Outbox,
        announcer: Callable[[], MessageSender],
        now: Callable[[], datetime],
        *,
        turn: timedelta = TURN,
    ) -> None:
        self._sweeper = sweeper
        self._outbox = outbox
        self._new_announcer = announcer
        self._now = now
        self._turn = turn
        self._announcer: MessageSender | None = None
        self._announced_at = now()
        self._stopping = threading.Event()

    def poll(self) -> None:
        """Everything that is due."""
        self._sweeper.sweep()

    def announce(self) -> None:
        """Tell what is in the outbox, and what comes into it during this turn."""
        ends_at = self._now() + self._turn
        while not self._stopping.is_set() and (now := self._now()) < ends_at:
            again = self._announcer_of_now(now).announce()
            self._announced_at = self._now()
            wait = min(again, self._announced_at + _LOOK) if again else self._announced_at + _LOOK
            self._stopping.wait(max(0.0, (wait - self._announced_at).total_seconds()))

    def tidy(self) -> None:
        """Forget what was told long ago."""
        self._outbox.forget(self._now() - KEPT)

    def stop(self) -> None:
        """End what runs, soon; nothing is begun any more."""
        self._stopping.set()
        self._sweeper.stop()

    def _announcer_of_now(self, now: datetime) -> MessageSender:
        """Where this process was away for a while, another one may have sent something a moment ago."""
        if self._announcer is None or now - self._announced_at > _ALONE:
            self._announcer = self._new_announcer()
        return self._announcer
