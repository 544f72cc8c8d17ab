"""/api/v1/repositories: the tracked repositories."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify

from provider.api.answers.paging import PageDocument, Window, page_document, refused_cursor
from provider.api.answers.upstream_failures import UPSTREAM_FAILURES
from provider.api.changes import ChangingBlueprint
from provider.tracker.api.failures import address_must_answer, refusals, source_failures
from provider.tracker.api.request_schemas import (
    DryRunQuery,
    RepositoriesQuery,
    RepositoryChangeSchema,
    RepositoryRequestSchema,
)
from provider.tracker.api.schemas import CheckedSchema, PolledSchema, RepositoryPageSchema, RepositorySchema
from provider.tracker.decisions.deployed.comparing import Comparison
from provider.tracker.decisions.deployed.updates import Updates
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.repository import Tracked
from provider.tracker.ports import RepositoryFields, RepositoryFilter
from provider.tracker.services.editing import Checked, RepositoryRequest
from provider.tracker.services.polling import Polled
from provider.tracker.services.use_cases import TrackerUseCases

REPOSITORIES = "/api/v1/repositories"
# Integers in PostgreSQL have 32 bits.
REPOSITORY = f"{REPOSITORIES}/<int(max={2**31 - 1}):repository>"


def repositories_resources(tracker: TrackerUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for tracked repositories."""
    resources = ChangingBlueprint("repositories", "Repositories whose releases are tracked")

    @resources.get(REPOSITORIES, RepositoryPageSchema, RepositoriesQuery)
    def list_repositories(query: Mapping[str, Any]) -> tuple[PageDocument, dict[str, str]]:
        """List tracked repositories.

        Returns each repository with its state, its latest release and its last error.
        """
        window, order = Window.of(query), query["sort"]
        repository_filter = RepositoryFilter(
            query["type"], query["q"] or None, query["state"], order, query["deployed"]
        )
        try:
            page = tracker.store.page(repository_filter, window.size, window.place(order), window.page or 1)
        except ValueError as error:
            raise refused_cursor(error) from error
        items = [_listed_document(tracked, page.matched.get(tracked.id)) for tracked in page.items]
        return page_document(items, tracker.store.count(repository_filter), window, order, page.end)

    @resources.get(REPOSITORY, RepositorySchema)
    def read_repository(repository: int) -> PageDocument:
        """Get a tracked repository.

        Returns its state, its latest release and its last error. Send its `version` when you change it.
        """
        with refusals(now, REPOSITORIES):
            return repository_document(tracker.store.get(repository))

    @resources.change(
        "POST",
        REPOSITORIES,
        RepositorySchema,
        HTTPStatus.CREATED,
        query=DryRunQuery,
        body=RepositoryRequestSchema,
        dry_run=CheckedSchema,
        also=(HTTPStatus.CONFLICT,),
    )
    def add_repository(query: Mapping[str, Any], body: Mapping[str, Any]) -> Response | tuple[PageDocument, Any]:
        """Track a repository.

        Reads the address first and stores the releases that it finds, without announcing them in Slack. If the address
        cannot be read, the response is 422 with an error for `url`, unless `unchecked` is true. With `dryRun=true` the
        response is 200 with what was found, and nothing is written. A repository that publishes several components, of
        which none is most common, needs `include`: the response is 422 with the expressions to choose from, which a dry
        run has as `choices`; `.` takes all of them.
        """
        wanted, unchecked = _request(body), body["unchecked"]
        with refusals(now, REPOSITORIES), address_must_answer():
            if query["dry_run"]:
                checked = tracker.editing.check(wanted, unchecked=unchecked)
                return jsonify(CheckedSchema().dump(checked_document(checked)))
            tracked, _ = tracker.editing.add(wanted, unchecked=unchecked)
        return repository_document(tracked), {"Location": f"{REPOSITORIES}/{tracked.id}"}

    @resources.change("PUT", REPOSITORY, RepositorySchema, body=RepositoryChangeSchema, also=(HTTPStatus.CONFLICT,))
    def change_repository(body: Mapping[str, Any], repository: int) -> PageDocument:
        """Change a tracked repository.

        Replaces all fields; a field that is left out gets its default value. `version` must be the one that you last
        read; 409 means that the repository was changed since then. A new address is read first, and the releases that
        are found there are not announced in Slack.
        """
        with refusals(now, REPOSITORIES), address_must_answer():
            changed = tracker.editing.change(repository, body["version"], _request(body), unchecked=body["unchecked"])
        return repository_document(changed)

    @resources.change("DELETE", REPOSITORY, status=HTTPStatus.NO_CONTENT)
    def remove_repository(repository: int) -> None:
        """Stop tracking a repository.

        Deletes the repository and its stored releases.
        """
        with refusals(now, REPOSITORIES):
            tracker.store.remove(repository)

    @resources.change(
        "POST",
        f"{REPOSITORY}/poll",
        PolledSchema,
        also=(HTTPStatus.TOO_MANY_REQUESTS, *UPSTREAM_FAILURES),
    )
    def poll_repository(repository: int) -> PageDocument:
        """Poll a repository now.

        Reads the releases and announces new ones in Slack. A repository can be polled once every few seconds; sooner,
        the response is 429. A failure is stored as `lastError`, and the response is 404 if there is no repository at
        the address, 502 if reading is not permitted or the answer is invalid, and 503 if the source is unavailable now.
        """
        with refusals(now, REPOSITORIES), source_failures(now):
            polled = tracker.poller.poll_one(repository)
            return polled_document(tracker.store.get(repository), polled)

    return resources.blueprint


def repository_document(tracked: Tracked) -> PageDocument:
    """All attributes that `RepositorySchema` shows."""
    return {
        "id": tracked.id,
        "name": tracked.name,
        "date_added": tracked.date_added,
        "url": tracked.address.url,
        "type": tracked.address.type,
        **_wanted(tracked),
        "notes": tracked.notes,
        "state": tracked.state,
        "last_polled": tracked.last_polled,
        "next_poll": tracked.next_poll,
        "latest_release": tracked.latest,
        "last_error": tracked.error,
        "retry_at": tracked.waiting and tracked.waiting.until,
        "renamed": tracked.rename,
        "failures": tracked.failures,
        "version": tracked.version,
        **_updates(tracked.updates),
    }


def _listed_document(tracked: Tracked, matched: Release | None) -> PageDocument:
    """All attributes that `ListedRepositorySchema` shows."""
    return {**repository_document(tracked), "matched_version": matched.version if matched else None}


def _updates(updates: Updates) -> PageDocument:
    """All attributes that `UpdatesSchema` shows."""
    deployed = updates.deployed
    return {
        "deployed": deployed
        and {"version": deployed.version, "source": deployed.source, **_comparison(deployed.result)},
        "in_use": [
            {
                "tag": tag.used.tag,
                "pinned": tag.used.pinned,
                "images": tag.used.images,
                "number": tag.used.number,
                **_comparison(tag.result),
            }
            for tag in updates.in_use
        ],
        "skipped": updates.skipped,
        "unseen": updates.unseen,
    }


def _comparison(result: Comparison) -> PageDocument:
    """All attributes that `ComparedVersionSchema` shows."""
    return {"status": result.status, "newer": result.newer, "update_to": result.target, "reason": result.reason}


def checked_document(checked: Checked) -> PageDocument:
    """All attributes that `CheckedSchema` shows."""
    wanted = checked.fields
    return {
        "name": wanted.name,
        "url": wanted.address.url,
        "type": wanted.address.type,
        **_wanted(wanted),
        "notes": wanted.notes,
        "latest_release": checked.latest,
        "releases": checked.releases,
        "versions": checked.highest,
        "left_out": checked.left_out,
        "choices": checked.choices,
        "problem": checked.problem,
    }


def polled_document(tracked: Tracked, polled: Polled) -> PageDocument:
    """All attributes that `PolledSchema` shows."""
    return {
        "repository": repository_document(tracked),
        "new_releases": polled.result.new,
        "changed": len(polled.result.changed),
    }


def _request(body: Mapping[str, Any]) -> RepositoryRequest:
    names = ("url", "type", "name", "notes", "tag_form", "source", "prereleases", "announce", "deployed_version")
    filters = {"include": body["included"], "exclude": body["excluded"], "labels": tuple(body["labels"])}
    return RepositoryRequest(**{name: body[name] for name in names}, **filters)


def _wanted(of: Tracked | RepositoryFields) -> PageDocument:
    """All attributes that `WantedSchema` shows."""
    wanted = of.wanted
    return {
        "tag_form": wanted.tag_form,
        "source": wanted.source,
        "included": wanted.include,
        "excluded": wanted.exclude,
        "prereleases": wanted.prereleases,
        "announce": wanted.announce,
        "labels": of.labels,
        "deployed_version": of.deployed_version,
    }
