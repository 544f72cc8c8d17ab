"""Checks the configuration of a channel: at the start, when messages stop, and until nothing is wrong any more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.notifications.pauses import STOPS
from provider.notifications.ports import Notifier, Outbox
from provider.notifications.queue_state import ChannelProblem
from proxy.errors import OutsideFailure
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_FRESH = timedelta(seconds=10)
"""How long the result of a check counts."""


@dataclass(slots=True)
class ChannelWatch:
    """Records in the state of the queue what is wrong with the configuration of its channel.

    Args:
        outbox: the queue.
        notifier: the channel.
        next_at: when to look next; None: when messages stop.
    """

    outbox: Outbox
    notifier: Notifier
    next_at: datetime | None
    _looked_at: datetime | None = field(default=None, init=False)
    _found: Sequence[ChannelProblem] = field(default=(), init=False)
    _failures: int = field(default=0, init=False)

    def look_if_due(self, now: datetime, *, idle: bool) -> None:
        """Check the channel if it is time.

        Args:
            now: the time.
            idle: no message waits, so only the check shows whether a problem is solved.
        """
        if self.next_at is not None and now >= self.next_at:
            self._look(now, idle=idle)

    def messages_stopped(self, now: datetime) -> None:
        """Find out why the channel took no message, unless this was checked a moment ago."""
        if self._looked_at is None or now - self._looked_at >= _FRESH:
            self._look(now, idle=False)
        else:
            self._record(self._found, now, idle=False)

    def _look(self, now: datetime, *, idle: bool) -> None:
        self._looked_at, self._found = now, ()
        try:
            self._found = self.notifier.check()
        except OutsideFailure as error:
            _log.info(
                "channel_not_checked",
                "the configuration of {channel} cannot be checked now: {error}",
                channel=self.notifier.name,
                error=error,
            )
            self._look_again(now)
            return
        except Exception:  # noqa: BLE001 - logged; an unexpected error in a check must not stop messages
            _log.exception(
                "channel_check_failed",
                "checking the configuration of {channel} failed with an unexpected error",
                channel=self.notifier.name,
            )
            self.next_at = None
            return
        self._record(self._found, now, idle=idle)
        if self._found:
            self._look_again(now)
        else:
            self.next_at, self._failures = None, 0

    def _record(self, found: Sequence[ChannelProblem], now: datetime, *, idle: bool) -> None:
        before = self.outbox.state()
        after = before.checked(found, now, idle=idle)
        if after == before:
            return
        for each in found:
            if each != before.problem and each not in before.notes:
                _log.warning(
                    "channel_misconfigured",
                    "{channel}: {problem}. {remedy}",
                    channel=self.notifier.name,
                    problem=each.message,
                    remedy=each.remedy,
                )
        self.outbox.record(after)

    def _look_again(self, now: datetime) -> None:
        self._failures += 1
        self.next_at = now + STOPS.after(self._failures)
