"""GET /api/v1/releases: the releases of all tracked repositories, by when they were first seen."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Response
from marshmallow import Schema

from catalog.times import rfc3339
from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.paging import PagedAnswer, PageDocument, Window, page_document, refused_cursor
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat
from provider.tracker.api.news_schemas import NewsPageSchema, NewsQuery, ReleaseNewsSchema
from provider.tracker.ports import NewsFilter, ReleaseNews
from provider.tracker.services.use_cases import TrackerUseCases

_ORDER = "newest first"


def news_resources(tracker: TrackerUseCases, _now: Callable[[], datetime]) -> Any:
    """The blueprint for the releases of all repositories."""
    resources = ReadingBlueprint("news", "Releases of all tracked repositories")
    store = tracker.store

    @resources.get("/api/v1/releases", NewsPageSchema, NewsQuery, responses=json_or_csv(NewsPageSchema))
    def list_all_releases(query: Mapping[str, Any]) -> PagedAnswer | Response:
        """List the releases of all repositories.

        Returns each release with its repository, the one that was first seen last at the top. `since` and `until`
        compare `firstSeen`: when a poll found the release published. Drafts are not included, and neither is what the
        first poll of a repository found, unless `baseline` is true. Polls write what they found up to a minute later,
        so ask with a `since` that is some minutes before the last answer, and compare ids.
        """
        wanted = _filter(query)
        if query["format"] is ListFormat.CSV:
            schema = ReleaseNewsSchema()
            return csv_answer("releases", columns_of(schema), (_row(schema, news) for news in store.every_news(wanted)))
        window = Window.of(query)
        try:
            page = store.news(wanted, window.size, window.place(_ORDER), window.page or 1)
        except ValueError as error:
            raise refused_cursor(error) from error
        items = [news_document(news) for news in page.items]
        return page_document(items, store.count_news(wanted), window, _ORDER, page.end)

    return resources.blueprint


def news_document(news: ReleaseNews) -> PageDocument:
    """All attributes that `ReleaseNewsSchema` shows."""
    tracked, release = news.tracked, news.release
    return {
        **{field.name: getattr(release, field.name) for field in dataclasses.fields(release)},
        "prerelease": news.prerelease,
        "repository": {
            "id": tracked.id,
            "name": tracked.name,
            "type": tracked.address.type,
            "url": tracked.address.url,
            "labels": tracked.labels,
        },
    }


def _row(schema: Schema, news: ReleaseNews) -> Mapping[str, object]:
    """The repository as its name, and a moved tag as `HASH TIME`: what it pointed to before, and when that was seen."""
    moved = news.release.moved
    return {
        **row_of(schema, news_document(news)),
        "repository": news.tracked.name,
        "moved": f"{moved.previous_hash} {rfc3339(moved.at)}" if moved else None,
    }


def _filter(query: Mapping[str, Any]) -> NewsFilter:
    names = ("since", "until", "repository", "type", "label", "prereleases")
    return NewsFilter(**{name: query[name] for name in names}, query=query["q"] or None, known=query["baseline"])
