"""Cached answers: what is stored, what readers get, and where it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

FOR_EVER = timedelta(days=36_500)
"""How long an answer that never changes stays fresh: one that is found by digest, for example."""


class StorageFailed(Exception):
    """The storage cannot be used now; the message says why, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The upstream said that what we have is still so (304)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an upstream said.

    Attributes:
        fresh_for: how long it is used without revalidation; more than `FOR_EVER` counts as `FOR_EVER`.
        headers: the few that are kept, by the asker's choice.
    """

    body: bytes
    fresh_for: timedelta
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """An answer as it is kept. All times are in UTC.

    Attributes:
        fetched_at: when the upstream last said so, or confirmed it.
        failed_at: when the last revalidation failed; None where none did.
        problem: what went wrong then, for people.
        retry_at: not to be asked again before; set with `failed_at`.
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
        fetched_at: when the upstream last said so, in UTC.
        stale: older than it should be, because the upstream fails or is being asked just now.
        problem: how the upstream fails; None where it does not.
    """

    body: bytes
    headers: Mapping[str, str]
    fetched_at: datetime
    stale: bool
    problem: str | None


class Storage(Protocol):
    """Entries that all processes share, and leases on their keys. Safe to use from many threads.

    It removes entries that were not read for seven days, and those unread the longest where they exceed the limit.
    Every call may raise `StorageFailed`.
    """

    def read(self, key: str) -> CacheEntry | None:
        """What is kept under this key."""

    def write(self, key: str, entry: CacheEntry) -> None:
        """Keep this under the key, in the place of what was there; what is larger than all room is not kept."""

    def remove(self, key: str) -> None:
        """Keep nothing under this key."""

    def claim(self, key: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the lease on a key, or renew our own; false while another holder's has not run out."""

    def release(self, key: str, holder: str) -> None:
        """Give the lease up; another holder's stays."""
