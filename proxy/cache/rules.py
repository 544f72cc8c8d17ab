"""When a cached answer is used without a request, and how an answer or a failure changes it. Pure."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from proxy.cache.entries import FOR_EVER, Cached, CacheEntry, Confirmed, Fetched
from proxy.errors import AddressRefused, NotFound, NotNow, OutsideFailure

QUIET = timedelta(seconds=15)
"""How long no request is sent after a failure that names no time."""

LONGEST_QUIET = timedelta(minutes=5)
"""The longest wait that an upstream can require."""

FAILURE_KEPT = timedelta(seconds=5)
REFUSAL_KEPT = timedelta(seconds=15)
REFRESH_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Held:
    """An entry, and the times between which it is used without a request.

    Attributes:
        refresh_from: from this time on, a reader can force a revalidation.
    """

    entry: CacheEntry
    answer: Cached
    since: datetime
    until: datetime
    refresh_from: datetime

    def give(self) -> Cached:
        """The answer."""
        return self.answer


@dataclass(frozen=True, slots=True)
class Failed:
    """An error without an old entry, and the times between which it is raised without a request."""

    error: OutsideFailure
    since: datetime
    until: datetime
    refresh_from: datetime

    def give(self) -> NoReturn:
        """Raise it as a new error: a shared one would collect the tracebacks of every place that raises it."""
        raise _copy_of(self.error)


def applies(known: Held | Failed, now: datetime, *, refresh: bool) -> bool:
    """Whether this is used now without a request."""
    return known.since <= now < known.until and not (refresh and known.refresh_from <= now)


def held(entry: CacheEntry) -> Held:
    """The entry with its times.

    A fetch time too far in the future comes from a wrong clock; such an entry is not used.
    """
    if entry.failed_at is not None and entry.retry_at is not None:
        since = entry.failed_at - (entry.retry_at - entry.failed_at)
        return Held(entry, old_answer(entry), since, entry.retry_at, refresh_from=entry.retry_at)
    since, until = entry.fetched_at - entry.fresh_for, entry.fetched_at + entry.fresh_for
    refresh_from = entry.refreshed_at + REFRESH_EVERY if entry.refreshed_at else since
    answer = Cached(entry.body, entry.headers, entry.fetched_at, stale=False, problem=None)
    return Held(entry, answer, since, until, refresh_from)


def old_answer(entry: CacheEntry) -> Cached:
    """The answer that readers get from an entry that is no longer fresh."""
    return Cached(entry.body, entry.headers, entry.fetched_at, stale=True, problem=entry.problem)


def newer(one: CacheEntry | None, other: CacheEntry | None) -> CacheEntry | None:
    """The newer of two entries for one key."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=_last_change)


def after_answer(
    now: datetime, entry: CacheEntry | None, answer: Fetched | Confirmed, *, refresh: bool
) -> CacheEntry | None:
    """The entry after the upstream answered; None if it confirmed an entry that does not exist."""
    if isinstance(answer, Fetched):
        renewed = CacheEntry(answer.body, answer.headers, answer.etag, min(answer.fresh_for, FOR_EVER), now)
    elif entry is not None:
        renewed = replace(entry, fetched_at=now, failed_at=None, problem=None, retry_at=None)
    else:
        return None
    refreshed_before = entry.refreshed_at if entry else None
    return replace(renewed, refreshed_at=now if refresh else refreshed_before)


def after_failure(now: datetime, entry: CacheEntry, error: OutsideFailure) -> CacheEntry | None:
    """The entry after a failed request; None if the upstream no longer has it."""
    if isinstance(error, (NotFound, AddressRefused)):
        return None
    named = error.retry_at if isinstance(error, NotNow) else None
    retry_at = min(named, now + LONGEST_QUIET) if named and named > now else now + QUIET
    return replace(entry, failed_at=now, problem=str(error), retry_at=retry_at)


def failed(now: datetime, error: OutsideFailure) -> Failed:
    """The stored form of an error, if there is no old answer."""
    kept = REFUSAL_KEPT if isinstance(error, (NotFound, AddressRefused)) else FAILURE_KEPT
    return Failed(_copy_of(error), now - kept, now + kept, refresh_from=now + REFRESH_EVERY)


def _last_change(entry: CacheEntry) -> tuple[datetime, datetime]:
    return entry.fetched_at, entry.failed_at or entry.fetched_at


def _copy_of(error: OutsideFailure) -> OutsideFailure:
    """The same error without its traceback, whose frames would keep the answers in memory."""
    return copy(error)
