"""The pages of a tracked repository and of a release, and the form that polls now."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.auth.strict_query import takes
from provider.errors import NotTracked, PolledJustNow, ProviderError
from provider.pages.rendering import rendered
from provider.ports import Place
from provider.tracker.decisions.deployed.comparing import ComparedReleases, ranked
from provider.tracker.decisions.deployed.updates import DeployedSource
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.repository import Tracked
from provider.tracker.pages.forms import sentence
from provider.tracker.pages.repositories_query import PLACE_QUERY, not_a_place, place_in, place_parameters, sort_in
from provider.tracker.ports import RELEASE_SORTS, ReleasePage, TrackerStore
from provider.tracker.services.polling import Polled, Poller
from proxy.errors import OutsideFailure

# PostgreSQL's 32-bit integers.
NUMBER = f"/repositories/<int(max={2**31 - 1}):number>"
RELEASE = f"{NUMBER}/releases/<int(max={2**31 - 1}):release>"
_ROWS = 20
_NEWEST = "-version"


def add_detail(blueprint: Blueprint, store: TrackerStore, poller: Poller) -> None:
    """Serve /repositories/ID, its releases and the form that polls now."""

    @blueprint.get(NUMBER)
    @takes("sort", *PLACE_QUERY)
    def repository(number: int) -> str:
        tracked = known(store, number)
        sort, after = sort_in(request.args, RELEASE_SORTS, _NEWEST), place_in(request.args)
        page = _releases(store, number, sort, after)
        return rendered(
            "repository.html",
            tracked=tracked,
            page=page,
            newer=_newer(tracked, page.items),
            sort=sort,
            total=store.count_releases(number),
            following={"sort": sort, **place_parameters(page.end)} if page.end else None,
            has_previous=after is not None,
        )

    @blueprint.get(RELEASE)
    def release(number: int, release: int) -> str:
        tracked = known(store, number)
        return rendered("release.html", tracked=tracked, release=known_release(store, number, release))

    @blueprint.post(f"{NUMBER}/poll")
    def poll(number: int) -> Response:
        require(Action.CHANGE, None)
        known(store, number)
        try:
            flash(_result(poller.poll_one(number)))
        except PolledJustNow:
            flash("This repository was polled a moment ago. The result is below.")
        except (ProviderError, OutsideFailure) as error:
            flash(f"The poll failed. {sentence(str(error))}", "bad")
        return redirect(url_for("tracker.repository", number=number), HTTPStatus.SEE_OTHER)


def known(store: TrackerStore, number: int) -> Tracked:
    """The repository.

    Raises:
        NotFound: there is no repository of that id.
    """
    try:
        return store.get(number)
    except NotTracked:
        raise NotFound(f"There is no tracked repository {number}. It may have been deleted.") from None


def known_release(store: TrackerStore, number: int, release: int) -> Release:
    """The release.

    Raises:
        NotFound: the repository has no release of that id.
    """
    try:
        return store.release(number, release)
    except NotTracked:
        raise NotFound(f"There is no release {release} of this repository. It may have been deleted.") from None


def _releases(store: TrackerStore, number: int, sort: str, after: Place | None) -> ReleasePage:
    try:
        return store.releases(number, _ROWS, after, sort=sort)
    except ValueError:
        raise not_a_place() from None


def _newer(tracked: Tracked, shown: Sequence[Release]) -> frozenset[int]:
    """Which of the releases that are shown are newer than the deployed version."""
    deployed, latest = tracked.updates.deployed, tracked.latest
    if deployed is None or latest is None:
        return frozenset()
    every = {release.id: release for release in (*shown, latest)}.values()
    compared = ComparedReleases.of(ranked(every, tracked.tag_form), latest.id, tracked.tag_form)
    return compared.newer(deployed.version, moves=deployed.source is DeployedSource.IMAGES)


def _result(polled: Polled) -> str:
    new = len(polled.result.new)
    if not isinstance(polled.outcome, Found) or not new:
        return "Polled. No new releases."
    return f"Polled. {new} new release{'' if new == 1 else 's'}."
