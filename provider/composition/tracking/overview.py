"""Makes the overview of images and releases from the parts of a process.

The images and the release tracker do not know each other; this file knows both.
"""

from datetime import UTC, datetime
from functools import partial

from provider.composition.parts import Parts
from provider.composition.schedule import part_periods
from provider.overview_ports import NewRelease, RecentReleases
from provider.services.overview.overviews import Overviews
from provider.store.operations.recent_activity import SqlRecentActivity
from provider.tracker.ports import NewsFilter, ReleaseNews, RepositoryFilter, TrackerStore
from provider.tracker.store.tracker_store import SqlTrackerStore

MOST_COUNTED = 1_000
"""Counting all of them would cost more than the rest of the page."""
_ANY_TIME = datetime.max.replace(tzinfo=UTC)


def overviews_of(parts: Parts) -> Overviews:
    """What the overview of this process is read from."""
    return Overviews(
        parts.index,
        SqlRecentActivity(parts.engine),
        parts.beats,
        part_periods(parts.settings),
        partial(recent_releases, SqlTrackerStore(parts.engine)),
    )


def recent_releases(store: TrackerStore, since: datetime, most: int) -> RecentReleases:
    """The releases of all tracked repositories that were first seen since then, without what was known at first."""
    wanted = NewsFilter(since=since)
    total = store.count_news(wanted, MOST_COUNTED + 1)
    polled = next(iter(store.page(RepositoryFilter(sort="-lastPolled"), 1).items), None)
    following = next(iter(store.due(_ANY_TIME, 1)), None)
    return RecentReleases(
        total=min(total, MOST_COUNTED),
        more=total > MOST_COUNTED,
        latest=[_of(news) for news in store.news(wanted, most).items] if total else [],
        repositories=store.count(RepositoryFilter()),
        last_polled=polled.last_polled if polled else None,
        next_poll=following.next_poll if following else None,
    )


def _of(news: ReleaseNews) -> NewRelease:
    tracked, release = news.tracked, news.release
    return NewRelease(tracked.id, release.id, tracked.name, release.version, release.first_seen, release.url)
