"""/api/v1/repositories/ID/releases/ID/skip and /acknowledge: what people say about a release."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from provider.api.changes import ChangingBlueprint
from provider.auth.access import caller_name
from provider.tracker.api.failures import refusals
from provider.tracker.api.repositories import REPOSITORIES, REPOSITORY
from provider.tracker.api.schemas import ReleaseSchema
from provider.tracker.api.update_schemas import SkipReleaseSchema
from provider.tracker.decisions.release import Release, SkippedRelease
from provider.tracker.services.use_cases import TrackerUseCases

_RELEASE = f"{REPOSITORY}/releases/<int(max={2**31 - 1}):release>"


def release_marks_resources(tracker: TrackerUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for skipped and acknowledged releases."""
    resources = ChangingBlueprint("release-marks", "Releases to skip, and releases that people have seen")
    store = tracker.store

    @resources.change("POST", f"{_RELEASE}/skip", ReleaseSchema, body=SkipReleaseSchema)
    def skip_release(body: Mapping[str, Any], repository: int, release: int) -> Release:
        """Skip a release.

        It is no longer the latest release, and no deployed version is behind it. Polls keep that. A release that is
        skipped again gets the new reason.
        """
        skipped = SkippedRelease(body["reason"].strip(), caller_name(), now())
        with refusals(now, REPOSITORIES):
            return store.skip_release(repository, release, skipped)

    @resources.change("DELETE", f"{_RELEASE}/skip", status=HTTPStatus.NO_CONTENT)
    def unskip_release(repository: int, release: int) -> None:
        """Do not skip a release any more.

        It can be the latest release again.
        """
        with refusals(now, REPOSITORIES):
            store.skip_release(repository, release, None)

    @resources.change("POST", f"{_RELEASE}/acknowledge", ReleaseSchema)
    def acknowledge_release(repository: int, release: int) -> Release:
        """Acknowledge a release.

        The release, and those of the repository that were found before it, are no longer new for anybody.
        """
        with refusals(now, REPOSITORIES):
            return store.acknowledge(repository, release)

    return resources.blueprint
