"""Pages to add, edit and delete a release by hand."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.errors import Duplicate
from provider.pages.rendering import rendered
from provider.tracker.decisions.repository import Tracked
from provider.tracker.pages.forms import ReleaseForm
from provider.tracker.pages.repository import NUMBER, RELEASE, known, known_release
from provider.tracker.ports import TrackerStore


def add_release_forms(blueprint: Blueprint, store: TrackerStore) -> None:
    """Serve /repositories/ID/releases/new, and /edit and /delete of a release."""

    @blueprint.route(f"{NUMBER}/releases/new", methods=["GET", "POST"])
    def new_release(number: int) -> Response:
        require(Action.CHANGE, None)
        tracked, form = known(store, number), ReleaseForm()
        if not form.validate_on_submit():
            return _form_page(tracked, form, None)
        try:
            added = store.add_release(number, form.release())
        except Duplicate as there:
            return _form_page(tracked, form, None, there)
        flash(f"{added.version} was added.")
        return _redirect_to_release(number, added.id)

    @blueprint.route(f"{RELEASE}/edit", methods=["GET", "POST"])
    def edit_release(number: int, release: int) -> Response:
        require(Action.CHANGE, None)
        tracked, before = known(store, number), known_release(store, number, release)
        form = ReleaseForm.of(before)
        if not form.validate_on_submit():
            return _form_page(tracked, form, release)
        try:
            changed = store.change_release(number, release, form.release())
        except Duplicate as there:
            return _form_page(tracked, form, release, there)
        flash(f"{changed.version} was changed. Polls no longer change this release.")
        return _redirect_to_release(number, release)

    @blueprint.get(f"{RELEASE}/delete")
    def delete_release(number: int, release: int) -> str:
        require(Action.CHANGE, None)
        tracked = known(store, number)
        return rendered("delete_release.html", tracked=tracked, release=known_release(store, number, release))

    @blueprint.post(f"{RELEASE}/delete")
    def take_delete_release(number: int, release: int) -> Response:
        require(Action.CHANGE, None)
        known(store, number)
        gone = known_release(store, number, release)
        store.remove_release(number, release)
        flash(f"{gone.version} was deleted.")
        return redirect(url_for("tracker.repository", number=number), HTTPStatus.SEE_OTHER)


def _form_page(tracked: Tracked, form: ReleaseForm, release: int | None, there: Duplicate | None = None) -> Response:
    page = rendered("edit_release.html", tracked=tracked, form=form, release=release, there=there)
    refused = bool(form.errors or there)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK)


def _redirect_to_release(number: int, release: int) -> Response:
    return redirect(url_for("tracker.release", number=number, release=release), HTTPStatus.SEE_OTHER)
