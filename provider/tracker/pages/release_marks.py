"""Forms to skip a release, to acknowledge it, and to say that it is deployed. They work without JavaScript."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from provider.auth.access import caller_name
from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.errors import Conflict
from provider.pages.rendering import rendered
from provider.tracker.decisions.release import SkippedRelease
from provider.tracker.pages.forms import SkipForm, sentence
from provider.tracker.pages.repository import RELEASE, known, known_release
from provider.tracker.ports import TrackerStore
from provider.tracker.services.editing import RepositoryEditing


def add_release_marks(
    blueprint: Blueprint, store: TrackerStore, editing: RepositoryEditing, now: Callable[[], datetime]
) -> None:
    """Serve /skip, /unskip, /acknowledge and /deploy of a release."""

    @blueprint.route(f"{RELEASE}/skip", methods=["GET", "POST"])
    def skip_release(number: int, release: int) -> Response:
        require(Action.CHANGE, None)
        tracked, found, form = known(store, number), known_release(store, number, release), SkipForm()
        if not form.validate_on_submit():
            page = rendered("skip_release.html", tracked=tracked, release=found, form=form)
            return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
        store.skip_release(number, release, SkippedRelease(form.text(), caller_name(), now()))
        flash(f"{found.version} is skipped.")
        return _to_repository(number)

    @blueprint.post(f"{RELEASE}/unskip")
    def unskip_release(number: int, release: int) -> Response:
        require(Action.CHANGE, None)
        found = known_release(store, number, release)
        store.skip_release(number, release, None)
        flash(f"{found.version} is not skipped any more.")
        return _to_repository(number)

    @blueprint.post(f"{RELEASE}/acknowledge")
    def acknowledge_release(number: int, release: int) -> Response:
        require(Action.CHANGE, None)
        known_release(store, number, release)
        store.acknowledge(number, release)
        flash("Marked as seen.")
        return _to_repository(number)

    @blueprint.post(f"{RELEASE}/deploy")
    def deploy_release(number: int, release: int) -> Response:
        require(Action.CHANGE, None)
        found = known_release(store, number, release)
        try:
            editing.run(number, request.form.get("version", 0, int), found.version)
        except Conflict as error:
            flash(f"Nothing was changed. {sentence(str(error))}", "bad")
        else:
            flash(f"{found.version} is the deployed version.")
        return _to_repository(number)


def _to_repository(number: int) -> Response:
    return redirect(url_for("tracker.repository", number=number), HTTPStatus.SEE_OTHER)
