"""The difference between our clock and the clocks of other hosts, by the `Date` of their answers."""

import threading
from collections import OrderedDict, deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median_low

_ANSWERS_KEPT = 5
_HOSTS_KEPT = 64
_READING_EVERY = timedelta(seconds=1)
_FORGOTTEN_AFTER = timedelta(hours=1)


class ClockSkew:
    """Keeps the differences of the last answers of each host. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: OrderedDict[str, deque[tuple[datetime, timedelta]]] = OrderedDict()

    def observe(self, host: str, headers: Mapping[str, str], now: datetime) -> None:
        """Note one answer, at most one per second and host. Cached answers (`Age`) are ignored."""
        readings = self._hosts.get(host)
        if readings and abs(now - readings[-1][0]) < _READING_EVERY:
            return
        sent = headers.get("date")
        if not sent or "age" in headers:
            return
        try:
            date = parsedate_to_datetime(sent)
        except (ValueError, OverflowError):
            return
        self._keep(host, now, now - (date if date.tzinfo else date.replace(tzinfo=UTC)))

    def estimate(self, now: datetime) -> timedelta | None:
        """Our clock minus theirs: the median over hosts of each host's median; None before the first answer.

        So one wrong answer or one wrong host does not decide; of two hosts, the smaller difference counts.
        """
        with self._lock:
            hosts = [_recent(readings, now) for readings in self._hosts.values()]
        skews = sorted(median_low(readings) for readings in hosts if readings)
        if not skews:
            return None
        low, high = skews[(len(skews) - 1) // 2], skews[len(skews) // 2]
        return min(low, high, key=abs)

    def _keep(self, host: str, now: datetime, skew: timedelta) -> None:
        with self._lock:
            readings = self._hosts.setdefault(host, deque(maxlen=_ANSWERS_KEPT))
            readings.append((now, skew))
            self._hosts.move_to_end(host)
            if len(self._hosts) > _HOSTS_KEPT:
                self._hosts.popitem(last=False)


def _recent(readings: deque[tuple[datetime, timedelta]], now: datetime) -> list[timedelta]:
    return [skew for at, skew in readings if abs(now - at) < _FORGOTTEN_AFTER]
