"""Tell the channel what is in the outbox: each message once, one a second, whatever happens in between."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.notifications.message import Message
from provider.notifications.ports import Notifier, Outbox
from proxy.errors import Never, NotNow, PerhapsDone

_log = logging.getLogger(__name__)
PACE = timedelta(seconds=1)
"""Between two messages to a channel. Source: Slack's docs, "Rate limits"."""
SETTLING_TIME = timedelta(seconds=20)
"""How long a message that may be on its way may take to show in the channel's history."""
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(slots=True)
class MessageSender:
    """Sends one message a call; waits for nothing: who calls is told when to call again.

    At most one of these works on an outbox at a time.
    """

    outbox: Outbox
    notifier: Notifier
    now: Callable[[], datetime]
    pace: timedelta = PACE
    settling_time: timedelta = SETTLING_TIME
    _not_before: datetime | None = field(default=None, init=False)
    _settled_at: datetime | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)

    def announce(self) -> datetime | None:
        """Tell the next message if it may be told now.

        Returns:
            When it is of use to call again; None when nothing is due.
        """
        now = self.now()
        if self._settled_at is None:
            # A process before this one may have been killed with a request on its way, and settings are read at start.
            self._settled_at = now + self.settling_time
            self.outbox.take_up_refused()
        if self._not_before and now < self._not_before:
            return self._not_before
        due = self.outbox.due(now, 1)
        if not due:
            return None
        if due[0].tried and due[0].receipt is None and now < self._settled_at:
            return self._settled_at
        self._tell(due[0])
        return self._not_before

    def _tell(self, message: Message) -> None:
        """One message to its end, or until it is known when to try again."""
        try:
            receipt = self._delivered(message)
        except NotNow as error:
            retry_at = self._wait(error.retry_at)
            if not message.tried or message.receipt is not None:
                self.outbox.postponed(message, retry_at, str(error))
            # Else it could not be looked for, or was not there: an earlier try's end is still to be found out.
            _log.warning("%s is told later: %s", message.id, error)
        except PerhapsDone as error:
            # It stays marked as tried: after a while the channel is asked for it.
            self._settled_at = self._wait(None, self.settling_time)
            _log.warning("%s may have been told: %s; it is looked for", message.id, error)
        except Never as error:
            self._refused(message, str(error))
        except Exception as error:  # noqa: BLE001 - logged, and kept for a person
            # One message that nobody foresaw must not keep all that follow.
            _log.exception("telling %s ended with something unforeseen", message.id)
            self._refused(message, f"{type(error).__name__}: see the log")
        else:
            self.outbox.sent(message, receipt)
            self._failures = 0
            self._not_before = self.now() + self.pace

    def _delivered(self, message: Message) -> str:
        """The receipt, once the channel has this revision of the message."""
        if message.receipt is not None:
            return self.notifier.update(message, message.receipt)
        if message.tried and (found := self.notifier.find(message)):
            # What stands there may be an earlier revision.
            return self.notifier.update(message, found)
        self.outbox.trying(message)
        return self.notifier.send(message)

    def _refused(self, message: Message, problem: str) -> None:
        self.outbox.refused(message, problem)
        _log.error("%s is not told: %s", message.id, problem)
        self._not_before = self.now() + self.pace

    def _wait(self, told: datetime | None, at_least: timedelta | None = None) -> datetime:
        """The channel is left alone until then: as it told, else longer each time."""
        pause = min(_FIRST_PAUSE * (1 << min(self._failures, 10)), _LONGEST_PAUSE)
        self._failures += 1
        self._not_before = max(told or self.now() + pause, self.now() + (at_least or self.pace))
        return self._not_before
