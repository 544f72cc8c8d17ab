"""/api/v1/repositories/ID/releases: the releases of a tracked repository."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from provider.api.answers.paging import PageDocument, Window, page_document, refused_cursor
from provider.api.changes import ChangingBlueprint
from provider.tracker.api.failures import refusals
from provider.tracker.api.repositories import REPOSITORIES, REPOSITORY
from provider.tracker.api.request_schemas import ReleaseRequestSchema, ReleasesQuery
from provider.tracker.api.schemas import ReleasePageSchema, ReleaseSchema
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.services.use_cases import TrackerUseCases

_RELEASES = f"{REPOSITORY}/releases"
_RELEASE = f"{_RELEASES}/<int(max={2**31 - 1}):release>"


def releases_resources(tracker: TrackerUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for releases of tracked repositories."""
    resources = ChangingBlueprint("releases", "Releases of tracked repositories")
    store = tracker.store

    @resources.get(_RELEASES, ReleasePageSchema, ReleasesQuery)
    def list_releases(query: Mapping[str, Any], repository: int) -> tuple[PageDocument, dict[str, str]]:
        """List the releases of a repository.

        Returns the highest version first, unless `sort` says otherwise. Withdrawn releases are included.
        """
        window, order = Window.of(query), query["sort"]
        with refusals(now, _collection(repository)):
            try:
                page = store.releases(repository, window.size, window.place(order), window.page or 1, order)
            except ValueError as error:
                raise refused_cursor(error) from error
            total = store.count_releases(repository)
        return page_document(page.items, total, window, order, page.end)

    @resources.get(_RELEASE, ReleaseSchema)
    def read_release(repository: int, release: int) -> Release:
        """Get a release.

        Returns the release with its notes, in Markdown as published.
        """
        with refusals(now, _collection(repository)):
            return store.release(repository, release)

    @resources.change(
        "POST",
        _RELEASES,
        ReleaseSchema,
        HTTPStatus.CREATED,
        body=ReleaseRequestSchema,
        also=(HTTPStatus.CONFLICT,),
    )
    def add_release(body: Mapping[str, Any], repository: int) -> tuple[Release, dict[str, str]]:
        """Add a release by hand.

        The release is not announced in Slack, and polls do not change it.
        """
        with refusals(now, _collection(repository)):
            added = store.add_release(repository, _release(body))
        return added, {"Location": f"{_collection(repository)}/{added.id}"}

    @resources.change("PUT", _RELEASE, ReleaseSchema, body=ReleaseRequestSchema, also=(HTTPStatus.CONFLICT,))
    def change_release(body: Mapping[str, Any], repository: int, release: int) -> Release:
        """Change a release.

        Polls do not change the release any more. A field that is left out gets its default value.
        """
        with refusals(now, _collection(repository)):
            return store.change_release(repository, release, _release(body))

    @resources.change("DELETE", _RELEASE, status=HTTPStatus.NO_CONTENT)
    def remove_release(repository: int, release: int) -> None:
        """Delete a release.

        Polls do not add the release again.
        """
        with refusals(now, _collection(repository)):
            store.remove_release(repository, release)

    return resources.blueprint


def _collection(repository: int) -> str:
    return f"{REPOSITORIES}/{repository}/releases"


def _release(body: Mapping[str, Any]) -> FoundRelease:
    return FoundRelease(
        body["version"],
        body["date"],
        body["notes"],
        body["url"],
        body["hash"],
        prerelease=body["prerelease"],
        draft=body["draft"],
    )
