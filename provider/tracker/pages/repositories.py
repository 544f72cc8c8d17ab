"""The list of tracked repositories: the first page."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from provider.pages.rendering import rendered
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.pages.labels import TYPES
from provider.tracker.pages.repositories_query import ROWS, SORTS, AskedRepositories
from provider.tracker.ports import RepositoryPage, TrackerStore


def add_list(blueprint: Blueprint, store: TrackerStore) -> None:
    """Serve /."""

    @blueprint.get("/")
    def repositories() -> str:
        asked = AskedRepositories.of(request.args)
        asked, page = _page(store, asked)
        return rendered(
            "repositories.html",
            asked=asked,
            page=page,
            total=store.count(asked.filter),
            types=TYPES,
            states=list(RepositoryState),
            sorts=SORTS,
        )

    @blueprint.get("/repositories")
    def shortened() -> Response:
        return redirect(url_for("tracker.repositories"))


def _page(store: TrackerStore, asked: AskedRepositories) -> tuple[AskedRepositories, RepositoryPage]:
    try:
        return asked, store.page(asked.filter, ROWS, asked.after)
    except ValueError:
        # The address was changed by hand, or is of another order.
        asked = asked.from_the_start
        return asked, store.page(asked.filter, ROWS)
