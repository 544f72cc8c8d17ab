"""The workers that live, as each of them says again and again."""

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

from provider.services.sharing.shares import shares_of
from provider.services.sharing.taking import TakenNames

LEASE = timedelta(minutes=1)
"""A worker that has not said for so long that it lives has lost its shares: it has stopped, or its machine vanished."""

BETWEEN_SIGNS = timedelta(seconds=10)
"""The time after which a worker says again that it lives, and hears of others."""


class LiveWorkers(Protocol):
    """Where workers say that they live."""

    def seen(self, worker: str, lease: timedelta, now: datetime) -> frozenset[str]:
        """Note that this worker lives; returns all whose lease has not ended."""

    def gone(self, worker: str) -> None:
        """Note that this worker ends."""


class OwnLock(Protocol):
    """A lock that ends with its process."""

    def held(self) -> bool:
        """Whether it is still held: one in a database is lost with the connection."""

    def release(self) -> None:
        """Release it."""


class Locks(Protocol):
    """The locks between the processes."""

    def acquire(self, name: str, /) -> OwnLock | None:
        """Take one; None: another process has it."""

    def acquire_free(self, names: Collection[str], /) -> TakenNames:
        """Take those that nobody has."""


class Members:
    """This worker, and the others as it last heard of them. Safe to use from many threads.

    Each holds a lock while it lives, so that the others need not wait for the end of the lease of one that was killed.

    Args:
        worker: its id.
        live: where they say that they live.
        locks: between the processes.
        now: the clock.
    """

    def __init__(self, worker: str, live: LiveWorkers, locks: Locks, now: Callable[[], datetime]) -> None:
        self._worker = worker
        self._live = live
        self._locks = locks
        self._own: OwnLock | None = None
        self._now = now
        self._lock = threading.Lock()
        self._workers = frozenset({worker})
        self._shares = shares_of(worker, ())

    def renew(self) -> None:
        """Say that this worker lives, and hear which others do.

        Raises:
            SQLAlchemyError, ProviderError: the database cannot be used now; what was heard last stays.
        """
        if self._own is None or not self._own.held():
            self._own = self._locks.acquire(_lock_of(self._worker))
        workers = self._live.seen(self._worker, LEASE, self._now())
        workers -= self._killed(workers - {self._worker})
        with self._lock:
            if workers != self._workers:
                self._workers, self._shares = workers, shares_of(self._worker, workers)

    def leave(self) -> None:
        """Leave the shares to the others at once.

        Raises:
            SQLAlchemyError, ProviderError: the database cannot be used now; they notice at the end of the lease.
        """
        if self._own:
            self._own.release()
        self._live.gone(self._worker)

    @property
    def alone(self) -> bool:
        """Whether no other worker lives."""
        with self._lock:
            return len(self._workers) == 1

    @property
    def shares(self) -> frozenset[int]:
        """The shares of this worker."""
        with self._lock:
            return self._shares

    def _killed(self, others: Collection[str]) -> frozenset[str]:
        """Those that hold their lock no more; they are forgotten."""
        if not others:
            return frozenset()
        by_lock = {_lock_of(each): each for each in others}
        with self._locks.acquire_free(by_lock) as free:
            killed = frozenset(by_lock[name] for name in free.names)
        for each in killed:
            self._live.gone(each)
        return killed


def _lock_of(worker: str) -> str:
    return f"worker {worker}"
