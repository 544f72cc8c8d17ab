"""Cached answers: what is stored, what readers get, and where it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

FOR_EVER = timedelta(days=36_500)
"""How long an answer that never changes stays fresh, such as one that is requested by digest."""


class StorageFailed(Exception):
    """The storage cannot be used now; the message says why, and contains no secret."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The upstream confirmed the cached answer (304)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An upstream's new answer.

    Attributes:
        fresh_for: how long it is used without revalidation; more than `FOR_EVER` counts as `FOR_EVER`.
        headers: those to be cached, chosen by the fetch function.
    """

    body: bytes
    fresh_for: timedelta
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """An answer as it is stored. All times are in UTC.

    Attributes:
        fetched_at: when the upstream last sent or confirmed it.
        failed_at: when the last revalidation failed; None if it did not.
        problem: the message of that failure.
        retry_at: the earliest time of the next request; set with `failed_at`.
        refreshed_at: when a reader last forced a revalidation.
    """

    body: bytes
    headers: Mapping[str, str]
    etag: str | None
    fresh_for: timedelta
    fetched_at: datetime
    failed_at: datetime | None = None
    problem: str | None = None
    retry_at: datetime | None = None
    refreshed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cached:
    """What a reader gets; shared between readers, so it must not be changed.

    Attributes:
        fetched_at: when the upstream last sent or confirmed it, in UTC.
        stale: no longer fresh, because the upstream fails or a fetch is running.
        problem: how the upstream fails; None if it does not.
    """

    body: bytes
    headers: Mapping[str, str]
    fetched_at: datetime
    stale: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A cached answer; `due`: it is no longer fresh, and the next `get` asks for a newer one."""

    answer: Cached
    due: bool


class Storage(Protocol):
    """Entries that all processes share, and leases on their keys. Safe to use from many threads.

    It removes entries that were not read for seven days, and the least recently read ones above the size limit.
    Every call may raise `StorageFailed`.
    """

    def read(self, key: str) -> CacheEntry | None:
        """The entry for this key; None if there is none."""

    def write(self, key: str, entry: CacheEntry) -> None:
        """Store this entry for the key and replace the old one; an entry above the size limit is not stored."""

    def remove(self, key: str) -> None:
        """Remove the entry for this key."""

    def claim(self, key: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the lease on a key, or renew our own; false while another holder's lease has not expired."""

    def release(self, key: str, holder: str) -> None:
        """Give up our lease; another holder's lease stays."""
