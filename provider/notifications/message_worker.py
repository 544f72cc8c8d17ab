"""The part of the worker that sends the messages of the outbox and deletes old ones."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from provider.containment import contained
from provider.notifications.ports import Outbox
from provider.notifications.sending import MessageSender

TURN = timedelta(minutes=1)
"""How long one run of `announce` watches the outbox: a queue entry a minute, yet messages leave within a second."""

KEPT = timedelta(days=90)
"""How long sent messages are kept."""

_CHECK_EVERY = timedelta(seconds=1)
_LONGEST_GAP = timedelta(seconds=5)


class MessageWorker:
    """The periodic jobs of messages. At most one run of each job at a time, across all processes.

    Args:
        outbox: the messages to send.
        sender: makes a sender; the argument says whether this process has just started. Its first sender waits until
            messages of another process are visible in the channel.
        now: the current time, aware, in UTC.
        turn: how long one run of `announce` lasts.
        before: called before the outbox is read; puts what waits into it.
        report: called each time the outbox was read, with what people should know about the channel.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: Callable[[bool], MessageSender],
        now: Callable[[], datetime],
        *,
        turn: timedelta = TURN,
        before: Callable[[datetime], object] = lambda _: None,
        report: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._outbox = outbox
        self._new_sender = sender
        self._now = now
        self._turn = turn
        self._before = before
        self._report = report
        self._sender: MessageSender | None = None
        self._announced_at = now()
        self._stopping = threading.Event()

    def announce(self) -> None:
        """Send the messages of the outbox, including those that arrive during this turn."""
        ends_at = self._now() + self._turn
        while not self._stopping.is_set() and (now := self._now()) < ends_at:
            contained("announcements that wait", self._before, now)
            again = self._current_sender(now).send_next()
            self._report(self._outbox.state().notice)
            self._announced_at = self._now()
            wait = min(again, self._announced_at + _CHECK_EVERY) if again else self._announced_at + _CHECK_EVERY
            self._stopping.wait(max(0.0, (wait - self._announced_at).total_seconds()))

    def tidy(self) -> None:
        """Delete messages that were sent long ago."""
        self._outbox.forget(self._now() - KEPT)

    def stop(self) -> None:
        """End what runs, soon, and start nothing new."""
        self._stopping.set()

    def _current_sender(self, now: datetime) -> MessageSender:
        """The sender; a new one after a gap, because another process may have sent messages meanwhile."""
        if self._sender is None or now - self._announced_at > _LONGEST_GAP:
            self._sender = self._new_sender(self._sender is None)
        return self._sender
