"""Pages to import the repositories of an owner at GitHub: a form, a list to choose from, and the import."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.pages.rendering import rendered
from provider.tracker.pages.forms import OwnerForm
from provider.tracker.pages.transfer import added_words
from provider.tracker.services.owner_import import OwnerImport, OwnerPreview
from proxy.errors import OutsideFailure

_MOST_CHOSEN = 1_000


def add_owner_import(blueprint: Blueprint, owners: OwnerImport) -> None:
    """Serve /repositories/transfer/owner."""

    @blueprint.get("/repositories/transfer/owner")
    def owner() -> Response:
        require(Action.CHANGE, None)
        return _page(OwnerForm())

    @blueprint.post("/repositories/transfer/owner")
    def take_owner() -> Response:
        require(Action.CHANGE, None)
        form = OwnerForm()
        if not form.validate():
            return _page(form)
        if "chosen" in request.form:
            return _add(owners, form)
        try:
            preview = owners.preview(form.name(), form.kind(), forks=form.forks.data, archived=form.archived.data)
        except OutsideFailure as error:
            form.refuse("owner", str(error))
            return _page(form)
        return _page(form, preview)


def _add(owners: OwnerImport, form: OwnerForm) -> Response:
    paths = list(dict.fromkeys(request.form.getlist("repository")))[:_MOST_CHOSEN]
    if not paths:
        form.refuse("owner", "choose at least one repository")
        return _page(form)
    report = owners.add(paths)
    if report.problems:
        form.refuse("owner", "; ".join(map(str, report.problems[:5])))
        return _page(form)
    flash(added_words(report))
    return redirect(url_for("tracker.repositories"), HTTPStatus.SEE_OTHER)


def _page(form: OwnerForm, preview: OwnerPreview | None = None) -> Response:
    page = rendered("owner_import.html", form=form, preview=preview)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
