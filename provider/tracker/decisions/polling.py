"""What a poll changes. Pure: takes the state and the time, returns what to write."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from provider.tracker.decisions.announcements.telling import told
from provider.tracker.decisions.one_version import one_version_each
from provider.tracker.decisions.outcomes import (
    FailureNews,
    Found,
    News,
    NewsKind,
    PollFailure,
    PollResult,
    UnchangedList,
)
from provider.tracker.decisions.release import FoundRelease, MovedTag, Release, ReleaseList
from provider.tracker.decisions.repository import Rename, Tracked, TrackingError, TrackingWait
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.decisions.withdrawing import withdrawn_of

DEAD_AFTER = 100
"""The number of failures in a row after which a repository is dead."""

DAILY = timedelta(days=1)
TOLD_AFTER = timedelta(days=1)
"""A repository whose polls fail for this time is announced once."""
_SOONEST = timedelta(minutes=1)


def after_poll(
    now: datetime,
    tracked: Tracked,
    known: Sequence[Release],
    outcome: Found | UnchangedList | PollFailure,
    interval: timedelta,
) -> PollResult:
    """What to write after a poll.

    A release that is no longer published is kept and marked as withdrawn. A release that a person added or edited stays
    unchanged. The first successful poll of an address and a filter announces nothing.

    Args:
        now: when the poll ended.
        tracked: the repository when it was polled.
        known: all stored releases of it; those that a person removed are included as `by_hand`.
        outcome: the outcome of the poll.
        interval: the time from one poll to the next.
    """
    match outcome:
        case Found():
            return _found(now, tracked, known, outcome, interval)
        case UnchangedList():
            return _success(now, tracked, interval)
        case PollFailure():
            return _failure(now, tracked, outcome, interval)
        case unreachable:
            assert_never(unreachable)


def _found(now: datetime, tracked: Tracked, known: Sequence[Release], found: Found, interval: timedelta) -> PollResult:
    whole = ReleaseList.TAGS in found.whole
    each_once = one_version_each(
        filter(tracked.wanted.lists, found.releases), tracked.wanted.tag_form, known, whole=whole
    )
    published, known = each_once.published, each_once.known
    listed = {each.version for each in found.releases} | published.keys()
    silent = tracked.baseline or found.silent
    gone, missing = withdrawn_of(now, known, listed, found.whole, tracked.missing)
    kept = {release.version: release for release in known}
    changed: list[Release] = []
    news: list[News] = []
    for before in known:
        after = _merged(now, before, published.get(before.version), tracked.wanted, withdrawn=before.id in gone)
        after = _published(now, before, after, silent=silent)
        if not before.by_hand and after != before:
            changed.append(after)
            news += _news_of(before, after, published.get(before.version))
    new = tuple(release for version, release in published.items() if version not in kept)
    news += [News(release) for release in new if not release.draft]
    if silent:
        news = []
    return replace(
        _success(now, tracked, interval),
        new=new,
        changed=tuple(changed),
        merged=each_once.merged,
        announce=told(news, tracked.wanted, known),
        news=frozenset(each.release.version for each in news),
        memory=found.memory,
        missing=missing,
        silent=silent,
        number=found.number or tracked.address.number,
        rename=Rename(tracked.address.path, found.path, now) if found.path else None,
    )


def _merged(
    now: datetime, release: Release, found: FoundRelease | None, wanted: WantedVersions, *, withdrawn: bool
) -> Release:
    """Values that the source did not read this time (a date, a hash) are kept."""
    if found is None:
        return replace(release, withdrawn=True) if withdrawn else release
    same_tag = (release.tag or release.version) == (found.tag or found.version)
    other_hash = same_tag and release.hash and found.hash and release.hash != found.hash
    is_moved = other_hash and wanted.expects_fixed(release.version)
    return replace(
        release,
        date=found.date or release.date,
        notes=found.notes,
        url=found.url or release.url,
        hash=found.hash or release.hash,
        prerelease=found.prerelease,
        draft=found.draft,
        withdrawn=False,
        listed_in=found.listed_in or release.listed_in,
        variants=found.variants,
        tag=found.tag,
        moved=MovedTag(release.hash, now) if release.hash and is_moved else release.moved,
    )


def _published(now: datetime, before: Release, after: Release, *, silent: bool) -> Release:
    """A release that left its draft is new now."""
    if not before.draft or after.draft:
        return after
    return replace(after, first_seen=now, baseline=silent)


def _news_of(before: Release, after: Release, found: FoundRelease | None) -> Iterable[News]:
    """What is new about a release that was known: it left its draft or its pre-release, or its tag was moved."""
    if found is None or after.draft:
        return ()
    if before.draft:
        return (News(found),)
    if after.moved != before.moved and after.moved:
        return (News(found, NewsKind.MOVED, after.moved.previous_hash),)
    return (News(found, NewsKind.PROMOTED),) if before.prerelease and not after.prerelease else ()


def _success(now: datetime, tracked: Tracked, interval: timedelta) -> PollResult:
    return PollResult(
        repository=tracked.id,
        version=tracked.version,
        new=(),
        changed=(),
        merged=(),
        announce=(),
        last_polled=now,
        error=None,
        waiting=None,
        failures=0,
        failing_since=None,
        failure_told=False,
        tell=FailureNews.WORKS_AGAIN if tracked.failure_told else None,
        number=tracked.address.number,
        rename=None,
        dead=False,
        next_poll=now + interval,
        memory=tracked.memory,
        baseline=False,
        missing=tracked.missing,
        read_whole_at=tracked.read_whole_at,
    )


def _failure(now: datetime, tracked: Tracked, failure: PollFailure, interval: timedelta) -> PollResult:
    if failure.retry_at is not None and failure.by_host:
        return _limited(now, tracked, failure.message, failure.retry_at, interval)
    failures = tracked.failures + (failure.retry_at is None)
    dead = tracked.dead or failures >= DEAD_AFTER
    since = tracked.failing_since or now
    tell = _failure_news(now, tracked, since, dead=dead)
    return replace(
        _unread(now, tracked, interval),
        error=TrackingError(now, failure.message),
        failures=failures,
        failing_since=since,
        failure_told=tracked.failure_told or tell is not None,
        tell=tell,
        dead=dead,
        next_poll=now + max(interval, DAILY) if dead else _next_try(now, failure.retry_at, interval),
    )


def _failure_news(now: datetime, tracked: Tracked, since: datetime, *, dead: bool) -> FailureNews | None:
    """A failure is announced when it has lasted, and once more when the repository is given up."""
    if dead and not tracked.dead:
        return FailureNews.DEAD
    return FailureNews.FAILS if now - since >= TOLD_AFTER and not tracked.failure_told else None


def _limited(now: datetime, tracked: Tracked, message: str, retry_at: datetime, interval: timedelta) -> PollResult:
    """The host named a time to retry: whether anything is wrong with the repository is not known better than before."""
    next_poll = now + max(interval, DAILY) if tracked.dead else _next_try(now, retry_at, interval)
    return replace(_unread(now, tracked, interval), waiting=TrackingWait(next_poll, message), next_poll=next_poll)


def _unread(now: datetime, tracked: Tracked, interval: timedelta) -> PollResult:
    """Nothing was read, so everything stays as it was."""
    return replace(
        _success(now, tracked, interval),
        last_polled=tracked.last_polled,
        error=tracked.error,
        failures=tracked.failures,
        failing_since=tracked.failing_since,
        failure_told=tracked.failure_told,
        tell=None,
        dead=tracked.dead,
        baseline=tracked.baseline,
    )


def _next_try(now: datetime, retry_at: datetime | None, interval: timedelta) -> datetime:
    """The time that the host named, at least a minute and at most a day from now (or one interval, if longer)."""
    if retry_at is None:
        return now + interval
    return min(max(retry_at, now + min(interval, _SOONEST)), now + max(interval, DAILY))
