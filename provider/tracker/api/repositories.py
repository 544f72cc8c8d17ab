"""/api/v1/repositories: what is tracked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify

from provider.api.answers.paging import PageDocument, Window, page_document, refused_cursor
from provider.api.answers.upstream_failures import UPSTREAM_FAILURES
from provider.api.changes import ChangingBlueprint
from provider.tracker.api.failures import address_must_answer, refusals, source_failures
from provider.tracker.api.schemas import (
    ChangeSchema,
    CheckedSchema,
    DryRunQuery,
    PolledSchema,
    RepositoriesQuery,
    RepositoryPageSchema,
    RepositorySchema,
    WishSchema,
)
from provider.tracker.decisions.repository import Tracked
from provider.tracker.ports import RepositoryFilter
from provider.tracker.services.editing import Checked, RepositoryRequest
from provider.tracker.services.polling import Polled
from provider.tracker.services.use_cases import TrackerUseCases

REPOSITORIES = "/api/v1/repositories"
# PostgreSQL's whole numbers of 32 bits.
REPOSITORY = f"{REPOSITORIES}/<int(max={2**31 - 1}):repository>"


def repositories_resources(tracker: TrackerUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for tracked repositories."""
    resources = ChangingBlueprint("repositories", "Tracked repositories of vendors")

    @resources.get(REPOSITORIES, RepositoryPageSchema, RepositoriesQuery)
    def list_repositories(query: Mapping[str, Any]) -> tuple[PageDocument, dict[str, str]]:
        """List tracked repositories."""
        window, order = Window.of(query), query["sort"]
        wanted = RepositoryFilter(query["type"], query["q"] or None, query["state"], order)
        try:
            page = tracker.store.page(wanted, window.size, window.place(order), window.page or 1)
        except ValueError as error:
            raise refused_cursor(error) from error
        items = [repository_document(tracked) for tracked in page.items]
        return page_document(items, tracker.store.count(wanted), window, order, page.end)

    @resources.get(REPOSITORY, RepositorySchema)
    def read_repository(repository: int) -> PageDocument:
        """Read one tracked repository."""
        with refusals(now, REPOSITORIES):
            return repository_document(tracker.store.get(repository))

    @resources.change(
        "POST",
        REPOSITORIES,
        RepositorySchema,
        HTTPStatus.CREATED,
        query=DryRunQuery,
        body=WishSchema,
        tried=CheckedSchema,
        also=(HTTPStatus.CONFLICT,),
    )
    def add_repository(query: Mapping[str, Any], body: Mapping[str, Any]) -> Response | tuple[PageDocument, Any]:
        """Track a repository, after a look at its address; what that finds is kept, and nobody is told of it.

        With dryRun it answers 200 and what it found, and writes nothing. An address that cannot be read is an error of
        `url`, unless `unchecked` is true.
        """
        wish, unchecked = _wish(body), body["unchecked"]
        with refusals(now, REPOSITORIES), address_must_answer():
            if query["dry_run"]:
                checked = tracker.editing.check(wish, unchecked=unchecked)
                return jsonify(CheckedSchema().dump(checked_document(checked)))
            tracked, _ = tracker.editing.add(wish, unchecked=unchecked)
        return repository_document(tracked), {"Location": f"{REPOSITORIES}/{tracked.id}"}

    @resources.change("PUT", REPOSITORY, RepositorySchema, body=ChangeSchema, also=(HTTPStatus.CONFLICT,))
    def change_repository(body: Mapping[str, Any], repository: int) -> PageDocument:
        """Change a tracked repository: what is left out is as for a new one.

        `version` is the one that was last read; 409 says that somebody changed it since. Another address is looked at
        first, and its releases are announced to nobody.
        """
        with refusals(now, REPOSITORIES), address_must_answer():
            changed = tracker.editing.change(repository, body["version"], _wish(body), unchecked=body["unchecked"])
        return repository_document(changed)

    @resources.change("DELETE", REPOSITORY, status=HTTPStatus.NO_CONTENT)
    def remove_repository(repository: int) -> None:
        """Forget a tracked repository and its releases."""
        with refusals(now, REPOSITORIES):
            tracker.store.remove(repository)

    @resources.change(
        "POST",
        f"{REPOSITORY}/poll",
        PolledSchema,
        also=(HTTPStatus.TOO_MANY_REQUESTS, *UPSTREAM_FAILURES),
    )
    def poll_repository(repository: int) -> PageDocument:
        """Poll a repository now, at most once every few seconds; what is new is announced.

        A failure is kept as its `lastError` and answered: 404 where the address has no repository, 502 where it may not
        be read, 503 where it cannot be asked now.
        """
        with refusals(now, REPOSITORIES), source_failures(now):
            polled = tracker.poller.poll_one(repository)
            return polled_document(tracker.store.get(repository), polled)

    return resources.blueprint


def repository_document(tracked: Tracked) -> PageDocument:
    """All that `RepositorySchema` shows, by attribute."""
    return {
        "id": tracked.id,
        "name": tracked.name,
        "date_added": tracked.date_added,
        "url": tracked.address.url,
        "type": tracked.address.type,
        "tag_form": tracked.tag_form,
        "notes": tracked.notes,
        "state": tracked.state,
        "last_polled": tracked.last_polled,
        "next_poll": tracked.next_poll,
        "latest_release": tracked.latest,
        "last_error": tracked.error,
        "failures": tracked.failures,
        "version": tracked.version,
    }


def checked_document(checked: Checked) -> PageDocument:
    """All that `CheckedSchema` shows, by attribute."""
    wanted = checked.fields
    return {
        "name": wanted.name,
        "url": wanted.address.url,
        "type": wanted.address.type,
        "tag_form": wanted.tag_form,
        "notes": wanted.notes,
        "latest_release": checked.latest,
        "releases": checked.releases,
        "problem": checked.problem,
    }


def polled_document(tracked: Tracked, polled: Polled) -> PageDocument:
    """All that `PolledSchema` shows, by attribute."""
    return {
        "repository": repository_document(tracked),
        "new_releases": polled.result.new,
        "changed": len(polled.result.changed),
    }


def _wish(body: Mapping[str, Any]) -> RepositoryRequest:
    return RepositoryRequest(body["url"], body["type"], body["name"], body["notes"], body["tag_form"])
