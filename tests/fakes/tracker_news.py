"""The releases of all repositories in memory, with the promises of the real store."""

from collections.abc import Iterable
from datetime import UTC, datetime

from provider.ports import Place
from provider.tracker.decisions.news import WantedNumber
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.repository import Tracked
from provider.tracker.ports import NewsFilter, NewsPage, ReleaseNews

_NEVER = datetime.min.replace(tzinfo=UTC)


def fake_news(wanted: NewsFilter, every: Iterable[tuple[Tracked, Iterable[Release]]]) -> list[ReleaseNews]:
    """What the filter lets through, newest first."""
    found = [ReleaseNews(tracked, release) for tracked, several in every for release in several]
    return sorted((each for each in found if _is_wanted(each, wanted)), key=_place, reverse=True)


def fake_news_page(found: list[ReleaseNews], size: int, after: Place | None, page: int) -> NewsPage:
    """A page of them."""
    if page < 1 or size < 1:
        raise ValueError(f"page {page} of size {size} cannot be")
    if after is not None:
        at, number = datetime.fromisoformat(after.key), int(after.name)
        if at.tzinfo is None:
            raise ValueError(f"{after.key} has no time zone")
        found = [each for each in found if _place(each) < (at, number)]
    part = found[(page - 1) * size : page * size]
    last = _place(part[-1]) if len(found) > page * size else None
    return NewsPage(tuple(part), Place(last[0].isoformat(), str(last[1])) if last else None)


def names_match(tracked: Tracked, query: str) -> bool:
    """Whether a text is in the words of a repository."""
    return query.casefold() in "\n".join((tracked.name, tracked.address.url, tracked.notes, *tracked.labels)).casefold()


def matched_release(query: str, several: Iterable[Release]) -> Release | None:
    """The release whose version a text finds, nearest to the text."""
    version = WantedNumber.of(query)
    found = [release for release in several if version and version.finds(release.version)]
    return min(found, key=lambda one: (_number(one.version), one.id), default=None)


def _number(version: str) -> str:
    return version.lower().lstrip("abcdefghijklmnopqrstuvwxyz-_/.")


def _is_wanted(news: ReleaseNews, wanted: NewsFilter) -> bool:
    tracked, release = news.tracked, news.release
    return (
        not release.draft
        and (wanted.known or not release.baseline)
        and (wanted.prereleases or not news.prerelease)
        and _is_in_period(release.first_seen, wanted)
        and wanted.repository in {None, tracked.id}
        and wanted.type in {None, tracked.address.type}
        and (wanted.label is None or wanted.label in tracked.labels)
        and _has_text(news, wanted.query or "")
    )


def _is_in_period(at: datetime | None, wanted: NewsFilter) -> bool:
    if at is None:
        return wanted.since is None and wanted.until is None
    return not ((wanted.since and at < wanted.since) or (wanted.until and at >= wanted.until))


def _has_text(news: ReleaseNews, query: str) -> bool:
    return names_match(news.tracked, query) or matched_release(query, [news.release]) is not None


def _place(news: ReleaseNews) -> tuple[datetime, int]:
    return news.release.first_seen or _NEVER, news.release.id
