"""The difference between our clock and the clocks of other hosts, by the `Date` of their answers."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median_low

from proxy.deadline import Monotonic

_ANSWERS_KEPT = 5
_HOSTS_KEPT = 64
_READING_EVERY = timedelta(seconds=1)
# The host of a source may be asked only once a day.
_FORGOTTEN_AFTER = timedelta(hours=25)
_STEP = timedelta(minutes=1)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class ClockDifference:
    """Our clock minus the clocks of others.

    Attributes:
        by: positive where our clock is ahead.
        hosts: those that show it, sorted.
    """

    by: timedelta
    hosts: tuple[str, ...]

    def __str__(self) -> str:
        """`60 minutes off that of registry.example.com, the only host that can be compared`."""
        off = _amount(abs(self.by))
        match self.hosts:
            case [host]:
                return f"{off} off that of {host}, the only host that can be compared"
            case [*some, last] if len(some) <= _NAMED:
                return f"{off} off those of {', '.join(some)} and {last}"
            case hosts:
                return f"{off} off those of {', '.join(hosts[:_NAMED])} and {len(hosts) - _NAMED} more"


@dataclass(frozen=True, slots=True)
class _ClockReading:
    at: datetime
    monotonic: float
    difference: timedelta

    def holds(self, now: datetime, monotonic: float) -> bool:
        """Whether it still says something: our clock was not set since, so the difference is the same."""
        passed = now - self.at
        set_by = passed - timedelta(seconds=monotonic - self.monotonic)
        return abs(passed) < _FORGOTTEN_AFTER and abs(set_by) < _STEP


def _amount(time: timedelta) -> str:
    if time < timedelta(hours=2):
        return f"{int(time.total_seconds() // 60)} minutes"
    return f"{int(time.total_seconds() // 3600)} hours" if time < timedelta(days=2) else f"{time.days} days"


class ClockSkew:
    """Keeps the differences of the last answers of each host. Safe to use from many threads.

    Args:
        monotonic: the seconds that have really passed. Where our clock shows another time, it was set, and what was
            read before says nothing any more.
    """

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._hosts: OrderedDict[str, deque[_ClockReading]] = OrderedDict()

    def observe(self, host: str, headers: Mapping[str, str], now: datetime) -> None:
        """Note one answer, at most one per second and host. Cached answers (`Age`) are ignored."""
        readings = self._hosts.get(host)
        if readings and abs(now - readings[-1].at) < _READING_EVERY:
            return
        sent = headers.get("date")
        if not sent or "age" in headers:
            return
        try:
            date = parsedate_to_datetime(sent)
        except (ValueError, OverflowError):
            return
        self._keep(host, now, now - (date if date.tzinfo else date.replace(tzinfo=UTC)))

    def estimate(self, now: datetime) -> ClockDifference | None:
        """Our clock minus theirs: the median over hosts of each host's median; None before the first answer.

        So one wrong answer or one wrong host does not decide; of two hosts, the smaller difference counts.
        """
        monotonic = self._monotonic()
        with self._lock:
            found = {host: [each for each in kept if each.holds(now, monotonic)] for host, kept in self._hosts.items()}
        medians = {host: median_low(each.difference for each in kept) for host, kept in found.items() if kept}
        if not medians:
            return None
        ordered = sorted(medians.values())
        low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        by = min(low, high, key=abs)
        return ClockDifference(by, tuple(sorted(host for host, each in medians.items() if abs(each - by) < _STEP)))

    def _keep(self, host: str, now: datetime, difference: timedelta) -> None:
        with self._lock:
            readings = self._hosts.setdefault(host, deque(maxlen=_ANSWERS_KEPT))
            readings.append(_ClockReading(now, self._monotonic(), difference))
            self._hosts.move_to_end(host)
            if len(self._hosts) > _HOSTS_KEPT:
                self._hosts.popitem(last=False)
