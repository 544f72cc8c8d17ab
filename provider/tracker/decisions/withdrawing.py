"""Which releases are withdrawn, because their list has them no more. Pure.

A list can be empty or short for a moment: a registry that starts, a nightly release that is made anew. So a poll
withdraws at most a fifth of the releases, unless polls over a day agree.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from provider.tracker.decisions.release import Release, ReleaseList
from provider.tracker.decisions.repository import MissingReleases

# One of so many, rounded down, but at least one.
_PART = 5
_POLLS = 3
_LASTS = timedelta(days=1)


def withdrawn_of(
    now: datetime,
    known: Sequence[Release],
    published: Collection[str],
    whole: Collection[ReleaseList],
    before: MissingReleases | None,
) -> tuple[frozenset[int], MissingReleases | None]:
    """The ids of the releases to withdraw, and what is noted if there are too many.

    Args:
        now: when the poll ended.
        known: the stored releases.
        published: the versions that the poll found.
        whole: the lists that it read to their end.
        before: what the last poll noted.
    """
    listed = [release for release in known if not release.by_hand and not release.withdrawn and _is_in(release, whole)]
    gone = frozenset(release.id for release in listed if release.version not in published)
    if not gone:
        return gone, None
    few = len(gone) <= max(1, len(listed) // _PART)
    if (few and len(gone) < len(listed)) or (before is not None and _lasts(now, before)):
        return gone, None
    return frozenset(), MissingReleases(before.since, before.polls + 1) if before else MissingReleases(now, 1)


def _is_in(release: Release, whole: Collection[ReleaseList]) -> bool:
    """Whether its list was read to its end; of releases whose list was not kept, all must have been."""
    return release.listed_in in whole if release.listed_in else set(whole) == set(ReleaseList)


def _lasts(now: datetime, before: MissingReleases) -> bool:
    return before.polls + 1 >= _POLLS and now - before.since >= _LASTS
