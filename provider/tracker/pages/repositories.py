"""The page that lists tracked repositories: the start page."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from provider.auth.strict_query import takes
from provider.pages.rendering import rendered
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.pages.labels import COMPARED, TYPES
from provider.tracker.pages.repositories_query import LIST_QUERY, ROWS, SORTS, RepositoriesPageQuery, not_a_place
from provider.tracker.ports import RepositoryPage, TrackerStore


def add_list(blueprint: Blueprint, store: TrackerStore) -> None:
    """Serve /."""

    @blueprint.get("/")
    @takes(*LIST_QUERY)
    def repositories() -> str:
        query = RepositoriesPageQuery.of(request.args)
        return rendered(
            "repositories.html",
            query=query,
            page=_page(store, query),
            total=store.count(query.filter),
            types=TYPES,
            states=list(RepositoryState),
            deployed=COMPARED,
            sorts=SORTS,
        )

    @blueprint.get("/repositories")
    def redirect_to_list() -> Response:
        return redirect(url_for("tracker.repositories"))


def _page(store: TrackerStore, query: RepositoriesPageQuery) -> RepositoryPage:
    try:
        return store.page(query.filter, ROWS, query.after)
    except ValueError:
        raise not_a_place() from None
