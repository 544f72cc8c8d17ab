"""Pages to add a repository in two steps, to edit and to delete one."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.auth.strict_query import takes
from provider.errors import Conflict, Duplicate, ProviderError
from provider.pages.rendering import rendered
from provider.tracker.decisions.addresses import InvalidRepositoryAddress
from provider.tracker.pages.forms import AddressForm, EditForm, NewForm, sentence
from provider.tracker.pages.repository import NUMBER, known
from provider.tracker.services.editing import Checked, RepositoryEditing
from proxy.errors import AddressRefused, OutsideFailure


def add_repository_forms(blueprint: Blueprint, editing: RepositoryEditing) -> None:
    """Serve /repositories/new, /repositories/ID/edit and /repositories/ID/delete."""

    @blueprint.get("/repositories/new")
    @takes("url", "type")
    def new() -> Response:
        require(Action.CHANGE, None)
        return _first_step(AddressForm(request.args))

    @blueprint.post("/repositories/new")
    def take_new() -> Response:
        require(Action.CHANGE, None)
        if "choice" in request.form or request.form.get("step") == "preview":
            return _preview(editing)
        return _save(editing) if request.form.get("step") == "save" else _check(editing)

    @blueprint.get(f"{NUMBER}/edit")
    def edit(number: int) -> Response:
        require(Action.CHANGE, None)
        return _edit_step(number, EditForm.of(known(editing.store, number)))

    @blueprint.post(f"{NUMBER}/edit")
    def take_edit(number: int) -> Response:
        require(Action.CHANGE, None)
        known(editing.store, number)
        return _change(editing, number)

    @blueprint.get(f"{NUMBER}/delete")
    def delete(number: int) -> str:
        require(Action.CHANGE, None)
        tracked = known(editing.store, number)
        return rendered("delete_repository.html", tracked=tracked, releases=editing.store.count_releases(number))

    @blueprint.post(f"{NUMBER}/delete")
    def take_delete(number: int) -> Response:
        require(Action.CHANGE, None)
        tracked = known(editing.store, number)
        editing.store.remove(number)
        flash(f"{tracked.name} was deleted.")
        return redirect(url_for("tracker.repositories"), HTTPStatus.SEE_OTHER)


def _check(editing: RepositoryEditing) -> Response:
    """The response to the first step: the second step, or the first one with an error at the address."""
    form = AddressForm()
    if not form.validate():
        return _first_step(form)
    problem, again = None, request.form.get("again") == "yes"
    try:
        checked = editing.check(form.request(), again=again)
    except Duplicate as there:
        return _first_step(form, there)
    except InvalidRepositoryAddress as error:
        form.refuse("url", str(error))
        return _first_step(form)
    except OutsideFailure as error:
        if not error.transient:
            form.refuse("url", str(error))
            return _first_step(form)
        checked, problem = editing.check(form.request(), unchecked=True, again=again), str(error)
    # Filled from the result of the check only: the form of the first step has other fields.
    second = NewForm(
        None,
        url=form.url.data,
        type=checked.fields.address.type.value,
        name=checked.fields.name,
        tag_form=checked.fields.wanted.tag_form.value,
    )
    return _second_step(second, checked, problem or checked.problem)


def _preview(editing: RepositoryEditing) -> Response:
    """The second step again, with what the filter in it lets through."""
    form = NewForm()
    if "choice" in request.form:
        form.include.data = request.form["choice"]
    if not form.validate():
        return _second_step(form, None, None)
    try:
        return _second_step(form, editing.check(form.request(), again=True), None)
    except (InvalidRepositoryAddress, OutsideFailure) as error:
        return _second_step(form, None, str(error))


def _save(editing: RepositoryEditing) -> Response:
    """The response to the second step: the new repository, or the form with its errors."""
    form = NewForm()
    if not form.validate():
        return _second_step(form, None, None)
    try:
        tracked, checked = editing.add(form.request(), unchecked=form.unchecked.data, asked=True)
    except Duplicate as there:
        return _second_step(form, None, None, there)
    except (InvalidRepositoryAddress, AddressRefused) as error:
        # The second step cannot correct the address.
        first = AddressForm()
        first.refuse("url", str(error))
        return _first_step(first)
    except (ProviderError, OutsideFailure) as error:
        return _second_step(form, None, str(error))
    found = checked.releases or 0
    flash(f"{tracked.name} was added. {found} release{' was' if found == 1 else 's were'} found.")
    return redirect(url_for("tracker.repository", number=tracked.id), HTTPStatus.SEE_OTHER)


def _change(editing: RepositoryEditing, number: int) -> Response:
    form = EditForm()
    if not form.validate():
        return _edit_step(number, form)
    try:
        tracked = editing.change(number, form.version.data, form.request())
    except Duplicate as there:
        return _edit_step(number, form, there)
    except Conflict:
        return _edit_step(number, form, conflict=True)
    except (InvalidRepositoryAddress, ProviderError, OutsideFailure) as error:
        form.refuse("url", str(error))
        return _edit_step(number, form)
    flash(f"{tracked.name} was changed.")
    return redirect(url_for("tracker.repository", number=number), HTTPStatus.SEE_OTHER)


def _first_step(form: AddressForm, there: Duplicate | None = None) -> Response:
    page = rendered("new_repository.html", form=form, there=there)
    return make_response(page, _status(refused=bool(there or form.errors or form.url.errors)))


def _second_step(
    form: NewForm, checked: Checked | None, problem: str | None, there: Duplicate | None = None
) -> Response:
    message = sentence(problem) if problem else None
    page = rendered("check_repository.html", form=form, checked=checked, problem=message, there=there)
    return make_response(page, _status(refused=checked is None))


def _edit_step(number: int, form: EditForm, there: Duplicate | None = None, *, conflict: bool = False) -> Response:
    page = rendered("edit_repository.html", number=number, form=form, there=there, conflict=conflict)
    refused = bool(there or conflict or form.errors or form.url.errors)
    return make_response(page, HTTPStatus.CONFLICT if conflict else _status(refused=refused))


def _status(*, refused: bool) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
