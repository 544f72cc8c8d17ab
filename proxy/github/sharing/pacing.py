"""Spreads the requests that can wait over GitHub's hour. Reads no clock and never sleeps."""

import threading
from datetime import datetime, timedelta
from math import ceil

from catalog.times import utc_time
from proxy.errors import KeptBack
from proxy.github.limits import HourlyLimit

RESERVE = 0.2
"""The part of the hourly limit that is kept for people, dispatches and other users of the credential."""

USUAL_LIMIT = 5000
"""GitHub's limit for a user or an App's installation; the first answer says what it is."""

# So many in a minute make no difference to GitHub, also where the limit is low.
_LEAST = 20
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class Pacing:
    """Admits the requests that can wait: in each minute an equal part of what is left. Safe to use from many threads.

    Processes that share a credential share its limit without knowing each other: each answer says what is left of it.

    Args:
        name: of the host, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._hour: HourlyLimit | None = None
        self._minute: datetime | None = None
        self._share = 0

    @property
    def hour(self) -> HourlyLimit | None:
        """The hourly limit, as the last answer named it."""
        return self._hour

    def learn(self, hour: HourlyLimit) -> None:
        """Note what an answer says about the limit. Answers may arrive in another order than GitHub counted."""
        with self._lock:
            known = self._hour
            later = hour.reset - known.reset if known else _HOUR
            if known is None or later > _MINUTE or (later >= -_MINUTE and hour.remaining < known.remaining):
                self._hour = hour

    def admit(self, now: datetime) -> None:
        """Take one request that can wait.

        Raises:
            KeptBack: none may be sent before `retry_at`.
        """
        with self._lock:
            hour = self._current(now)
            if self._minute is None or not timedelta() <= now - self._minute < _MINUTE:
                self._minute, self._share = now, share(hour, now)
            if self._share < 1:
                until = self._minute + _MINUTE if share(hour, now) else hour.reset
                why = "requests that can wait are spread over the hour, so that its limit is not used up"
                raise KeptBack(f"{self._name}: not asked before {utc_time(until)}: {why}", until)
            self._share -= 1

    def returned(self) -> None:
        """The last admitted request counted nothing: what was asked for is unchanged."""
        with self._lock:
            self._share += 1

    def _current(self, now: datetime) -> HourlyLimit:
        known = self._hour
        if known is not None and now < known.reset:
            return known
        limit = known.limit if known else USUAL_LIMIT
        return HourlyLimit(limit, now + _HOUR, limit)


def share(hour: HourlyLimit, now: datetime) -> int:
    """How many requests that can wait may be sent in this minute."""
    free = hour.remaining - ceil(hour.limit * RESERVE)
    if free <= 0:
        return 0
    minutes = max((hour.reset - now) / _MINUTE, 1.0)
    evenly = min(free / minutes, hour.limit * (1 - RESERVE) / (_HOUR / _MINUTE))
    return min(free, max(_LEAST, ceil(evenly)))
