"""The page of new releases of all repositories."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, request

from provider.auth.strict_query import takes
from provider.pages.rendering import rendered
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.pages.labels import TYPES
from provider.tracker.pages.news_days import by_day
from provider.tracker.pages.news_query import NEWS_QUERY, ROWS, NewsPageQuery
from provider.tracker.pages.repositories_query import not_a_place
from provider.tracker.ports import NewsPage, RepositoryFilter, TrackerStore

NEWS = "/releases"
MOST_COUNTED = 1_000
"""Counting all of them would cost more than the page."""
_TROUBLES: Mapping[RepositoryState, tuple[str, str]] = {
    RepositoryState.ERROR: ("cannot be read", "cannot be read"),
    RepositoryState.DEAD: (
        "failed so often that it is polled only once a day",
        "failed so often that they are polled only once a day",
    ),
    RepositoryState.WAITING: ("waits because its host limits requests", "wait because their hosts limit requests"),
    RepositoryState.NEVER: ("was not polled yet", "were not polled yet"),
}


def add_news(blueprint: Blueprint, store: TrackerStore, now: Callable[[], datetime]) -> None:
    """Serve /releases."""

    @blueprint.get(NEWS)
    @takes(*NEWS_QUERY)
    def news() -> str:
        query, at = NewsPageQuery.of(request.args), now()
        page = _page(store, query)
        return rendered(
            "news.html",
            query=query,
            days=by_day(page.items, at),
            end=page.end,
            total=store.count_news(query.filter, MOST_COUNTED + 1),
            most=MOST_COUNTED,
            types=TYPES,
            periods=query.periods(at),
            newest=next(iter(store.page(RepositoryFilter(sort="-lastPolled"), 1).items), None),
            troubles=_troubles(store),
        )


def _page(store: TrackerStore, query: NewsPageQuery) -> NewsPage:
    try:
        return store.news(query.filter, ROWS, query.after)
    except ValueError:
        raise not_a_place() from None


def _troubles(store: TrackerStore) -> list[tuple[RepositoryState, int, str]]:
    """The repositories whose releases may be missing: a state, their number, and what it means."""
    numbers = [(state, store.count(RepositoryFilter(state=state))) for state in _TROUBLES]
    return [(state, number, _TROUBLES[state][number > 1]) for state, number in numbers if number]
