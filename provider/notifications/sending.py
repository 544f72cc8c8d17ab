"""Sends the messages of the outbox to the channel: each message once, at most one a second."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.notifications.message import Message
from provider.notifications.ports import Notifier, Outbox
from proxy.errors import Never, NotNow, PerhapsDone

_log = logging.getLogger(__name__)
PACE = timedelta(seconds=1)
"""The time between two messages to a channel. Source: Slack's docs, "Rate limits"."""
SETTLING_TIME = timedelta(seconds=20)
"""How long a message may take to appear in the channel's history."""
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(slots=True)
class MessageSender:
    """Sends one message for each call and never waits; the result says when to call again.

    At most one sender may use an outbox at a time.
    """

    outbox: Outbox
    notifier: Notifier
    now: Callable[[], datetime]
    pace: timedelta = PACE
    settling_time: timedelta = SETTLING_TIME
    _not_before: datetime | None = field(default=None, init=False)
    _settled_at: datetime | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)

    def send_next(self) -> datetime | None:
        """Send the next message, if one is due and the channel may be asked now.

        Returns:
            When to call again; None if no message is due.
        """
        now = self.now()
        if self._settled_at is None:
            # An earlier process may have been killed during a request; and the settings may have changed since then.
            self._settled_at = now + self.settling_time
            self.outbox.take_up_refused()
        if self._not_before and now < self._not_before:
            return self._not_before
        due = self.outbox.due(now, 1)
        if not due:
            return None
        if due[0].tried and due[0].receipt is None and now < self._settled_at:
            return self._settled_at
        self._send(due[0])
        return self._not_before

    def _send(self, message: Message) -> None:
        """Send one message, and record the outcome or when to try again."""
        try:
            receipt = self._delivered(message)
        except NotNow as error:
            retry_at = self._wait(error.retry_at)
            if not message.tried or message.receipt is not None:
                self.outbox.postponed(message, retry_at, str(error))
            # Otherwise the outcome of an earlier try is still unknown, so the message stays marked as tried.
            _log.warning("message %s is sent later: %s", message.id, error)
        except PerhapsDone as error:
            # It stays marked as tried: later the channel is searched for it.
            self._settled_at = self._wait(None, self.settling_time)
            _log.warning(
                "message %s may have been sent: %s; the channel is searched for it before it is sent again",
                message.id,
                error,
            )
        except Never as error:
            self._refused(message, str(error))
        except Exception as error:  # noqa: BLE001 - logged, and kept for a person
            # An unexpected error with one message must not stop those after it.
            _log.exception("sending message %s failed with an unexpected error", message.id)
            self._refused(message, f"{type(error).__name__}: see the log")
        else:
            self.outbox.sent(message, receipt)
            self._failures = 0
            self._not_before = self.now() + self.pace

    def _delivered(self, message: Message) -> str:
        """Send or update the message; returns the receipt."""
        if message.receipt is not None:
            return self.notifier.update(message, message.receipt)
        if message.tried and (found := self.notifier.find(message)):
            # The message in the channel may be an earlier revision.
            return self.notifier.update(message, found)
        self.outbox.trying(message)
        return self.notifier.send(message)

    def _refused(self, message: Message, problem: str) -> None:
        self.outbox.refused(message, problem)
        _log.error("message %s was not sent: %s", message.id, problem)
        self._not_before = self.now() + self.pace

    def _wait(self, retry_at: datetime | None, at_least: timedelta | None = None) -> datetime:
        """Send nothing until the returned time: the one that the channel gave, else after a growing pause."""
        pause = min(_FIRST_PAUSE * (1 << min(self._failures, 10)), _LONGEST_PAUSE)
        self._failures += 1
        self._not_before = max(retry_at or self.now() + pause, self.now() + (at_least or self.pace))
        return self._not_before
