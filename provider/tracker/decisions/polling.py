"""What a poll changes. Pure: takes the state and the time, returns what to write."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from provider.tracker.decisions.outcomes import Found, PollFailure, PollResult, UnchangedList
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import Tracked, TrackingError
from provider.tracker.decisions.versions.order import highest_first
from provider.tracker.decisions.wanted import WantedVersions

DEAD_AFTER = 100
"""The number of failures in a row after which a repository is dead."""

DAILY = timedelta(days=1)
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
    published: dict[str, FoundRelease] = {}
    for release in filter(tracked.wanted.lists, found.releases):
        published.setdefault(release.version, release)
    kept = {release.version: release for release in known}
    new = tuple(release for version, release in published.items() if version not in kept)
    out_of_draft = tuple(
        release
        for version, release in published.items()
        if version in kept and kept[version].draft and not kept[version].by_hand
    )
    return replace(
        _success(now, tracked, interval),
        new=new,
        changed=tuple(_changed(kept.values(), published)),
        announce=() if tracked.baseline else _announced((*new, *out_of_draft), tracked.wanted),
        memory=found.memory,
    )


def _changed(kept: Iterable[Release], published: dict[str, FoundRelease]) -> Iterable[Release]:
    for release in kept:
        now = _merged(release, published.get(release.version))
        if not release.by_hand and now != release:
            yield now


def _merged(release: Release, found: FoundRelease | None) -> Release:
    """Values that the source did not read this time (a date, a hash) are kept."""
    if found is None:
        return replace(release, withdrawn=True)
    return replace(
        release,
        date=found.date or release.date,
        notes=found.notes,
        url=found.url or release.url,
        hash=found.hash or release.hash,
        prerelease=found.prerelease,
        draft=found.draft,
        withdrawn=False,
    )


def _announced(releases: Iterable[FoundRelease], wanted: WantedVersions) -> tuple[FoundRelease, ...]:
    """The releases to announce, highest first, without drafts and pre-releases that are not told."""
    out = (release for release in releases if not release.draft and wanted.tells(release))
    return highest_first(out, wanted.tag_form)


def _success(now: datetime, tracked: Tracked, interval: timedelta) -> PollResult:
    return PollResult(
        repository=tracked.id,
        version=tracked.version,
        new=(),
        changed=(),
        announce=(),
        last_polled=now,
        error=None,
        failures=0,
        dead=False,
        next_poll=now + interval,
        memory=tracked.memory,
        baseline=False,
    )


def _failure(now: datetime, tracked: Tracked, failure: PollFailure, interval: timedelta) -> PollResult:
    failures = tracked.failures + (failure.retry_at is None)
    dead = tracked.dead or failures >= DEAD_AFTER
    return replace(
        _success(now, tracked, interval),
        last_polled=tracked.last_polled,
        error=TrackingError(now, failure.message),
        failures=failures,
        dead=dead,
        next_poll=now + max(interval, DAILY) if dead else _next_try(now, failure.retry_at, interval),
        baseline=tracked.baseline,
    )


def _next_try(now: datetime, retry_at: datetime | None, interval: timedelta) -> datetime:
    """The time that the host named, at least a minute and at most a day from now (or one interval, if longer)."""
    if retry_at is None:
        return now + interval
    return min(max(retry_at, now + min(interval, _SOONEST)), now + max(interval, DAILY))
