"""Limit wrong tokens: of people who sign in, and of programs."""

import ipaddress
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from werkzeug.exceptions import TooManyRequests

from proxy.http.retry_after import delay_seconds

MOST_FAILURES = 10
WITHIN = timedelta(minutes=5)
_MOST_ADDRESSES = 1_000
_V6_NETWORK = 64


class Attempts:
    """Failed attempts by address: after ten in five minutes, an address must wait. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, address: str | None, now: datetime) -> timedelta | None:
        """How long this address must wait before its next attempt; None if it need not wait."""
        with self._lock:
            failures = self._recent(network_of(address), now)
            return failures[0] + WITHIN - now if len(failures) >= MOST_FAILURES else None

    def failed(self, address: str | None, now: datetime) -> None:
        """Record a failed attempt."""
        place = network_of(address)
        with self._lock:
            failures = self._recent(place, now)
            failures.append(now)
            self._failures[place] = failures
            self._failures.move_to_end(place)
            # Limit the memory for addresses; the oldest failures are dropped first.
            while len(self._failures) > _MOST_ADDRESSES:
                self._failures.popitem(last=False)

    def _recent(self, place: str, now: datetime) -> deque[datetime]:
        failures = self._failures.get(place, deque(maxlen=MOST_FAILURES))
        while failures and now - failures[0] >= WITHIN:
            failures.popleft()
        return failures


def refuse_too_many(attempts: Attempts, address: str | None, now: datetime) -> None:
    """Refuse an attempt that failed, if too many of this address failed before.

    Raises:
        TooManyRequests: with the time to wait.
    """
    if wait := attempts.wait(address, now):
        raise TooManyRequests(
            "Too many wrong tokens from your address. Try again in a few minutes.", retry_after=delay_seconds(wait)
        )


def network_of(address: str | None) -> str:
    """What a limit for an address counts: the address, or the /64 network of IPv6, which usually has one owner."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _V6_NETWORK), strict=False))
    return str(found)
