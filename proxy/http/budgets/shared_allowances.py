"""The requests per second that a host gets from all processes together, by a record that they share."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from proxy.http.budgets.allowance import Bucket, OwnAllowance, Rate
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_PAUSE = timedelta(seconds=30)
# The record answers within milliseconds, or it is not worth the wait of a request.
_PATIENCE_SECONDS = 1.0

TakeShared = Callable[[str, Rate, datetime], Bucket | None]
"""Takes one request to the host of this name from what all processes share.

Returns the bucket after it; None if this process shares nothing. Raises whatever the record raises, after a second or
two at most.
"""


class SharedAllowances:
    """The allowances of a process. While the record fails or is slow, the process counts its own requests alone.

    After a failure the record is not used for 30 seconds, whichever host is asked. The first failure is logged; further
    ones are logged only after the record has worked again. Safe to use from many threads.

    Args:
        take: takes a request from the record.
        now: the time.
    """

    def __init__(self, take: TakeShared, now: Callable[[], datetime]) -> None:
        self._take = take
        self._now = now
        self._turn = threading.Lock()
        self._failed_at: datetime | None = None
        self._logged = False

    def make(self, name: str, rate: Rate) -> "SharedAllowance":
        """The allowance of a host: a `MakeAllowance`."""
        return SharedAllowance(self, name, rate)

    def take(self, name: str, rate: Rate, now: datetime) -> Bucket | None:
        """The bucket after one more request; None if the process counts alone now."""
        if not self._turn.acquire(timeout=_PATIENCE_SECONDS):
            return None
        try:
            return None if self._is_paused(now) else self._taken(name, rate, now)
        finally:
            self._turn.release()

    def _is_paused(self, now: datetime) -> bool:
        # A clock that was set back ends the pause.
        return self._failed_at is not None and timedelta() <= now - self._failed_at < _PAUSE

    def _taken(self, name: str, rate: Rate, now: datetime) -> Bucket | None:
        try:
            bucket = self._take(name, rate, now)
        except Exception as error:  # noqa: BLE001 - whatever fails, requests go on
            # The failure may have taken its time.
            self._failed_at = self._now()
            self._log(name, error)
            return None
        self._failed_at, self._logged = None, False
        return bucket

    def _log(self, name: str, error: Exception) -> None:
        if not self._logged:
            self._logged = True
            _log.warning(
                "shared_allowance_failed",
                "Requests to {host} and other hosts are counted in this process alone until the common count works "
                "again: {error}",
                host=name,
                # What follows may be a statement of the database.
                error=str(error).partition("\n")[0],
            )


class SharedAllowance:
    """The requests of all processes to one host."""

    def __init__(self, shared: SharedAllowances, name: str, rate: Rate) -> None:
        self._shared = shared
        self._name = name
        self._rate = rate
        self._own = OwnAllowance(name, rate)

    def take(self, now: datetime) -> float:
        """See `HostAllowance`."""
        bucket = self._shared.take(self._name, self._rate, now)
        return bucket.wait(self._rate) if bucket else self._own.take(now)
