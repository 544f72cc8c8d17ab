"""Adding a repository in two steps, changing one, deleting one."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.errors import Conflict, Duplicate, ProviderError, SourceNotAllowed
from provider.pages.rendering import rendered
from provider.tracker.decisions.addresses import InvalidRepositoryAddress
from provider.tracker.pages.forms import AddressForm, EditForm, NewForm, sentence
from provider.tracker.pages.repository import NUMBER, known
from provider.tracker.services.editing import Checked, RepositoryEditing


def add_repository_forms(blueprint: Blueprint, tracking: RepositoryEditing) -> None:
    """Serve /repositories/new, /repositories/ID/edit and /repositories/ID/delete."""

    @blueprint.get("/repositories/new")
    def new() -> Response:
        require(Action.CHANGE, None)
        return _first_step(AddressForm(request.args))

    @blueprint.post("/repositories/new")
    def take_new() -> Response:
        require(Action.CHANGE, None)
        return _save(tracking) if request.form.get("step") == "save" else _check(tracking)

    @blueprint.get(f"{NUMBER}/edit")
    def edit(number: int) -> Response:
        require(Action.CHANGE, None)
        return _edit_step(number, EditForm.of(known(tracking.store, number)))

    @blueprint.post(f"{NUMBER}/edit")
    def take_edit(number: int) -> Response:
        require(Action.CHANGE, None)
        known(tracking.store, number)
        return _change(tracking, number)

    @blueprint.get(f"{NUMBER}/delete")
    def delete(number: int) -> str:
        require(Action.CHANGE, None)
        tracked = known(tracking.store, number)
        return rendered("delete_repository.html", tracked=tracked, releases=tracking.store.count_releases(number))

    @blueprint.post(f"{NUMBER}/delete")
    def take_delete(number: int) -> Response:
        require(Action.CHANGE, None)
        tracked = known(tracking.store, number)
        tracking.store.remove(number)
        flash(f"{tracked.name} was deleted.")
        return redirect(url_for("tracker.repositories"), HTTPStatus.SEE_OTHER)


def _check(tracking: RepositoryEditing) -> Response:
    """The first step's answer: what was found, or what is wrong with the address."""
    form = AddressForm()
    if not form.validate():
        return _first_step(form)
    problem = None
    try:
        checked = tracking.check(form.wish())
    except Duplicate as there:
        return _first_step(form, there)
    except InvalidRepositoryAddress as error:
        form.refuse("url", str(error))
        return _first_step(form)
    except ProviderError as error:
        if not error.transient:
            form.refuse("url", str(error))
            return _first_step(form)
        checked, problem = tracking.check(form.wish(), unchecked=True), str(error)
    # Out of what was found alone: the first step's form has other fields.
    second = NewForm(
        None,
        url=form.url.data,
        type=checked.fields.address.type.value,
        name=checked.fields.name,
        tag_form=checked.fields.tag_form.value,
    )
    return _second_step(second, checked, problem or checked.problem)


def _save(tracking: RepositoryEditing) -> Response:
    """The second step's answer: the repository, or what is wrong."""
    form = NewForm()
    if not form.validate():
        return _second_step(form, None, None)
    try:
        tracked, checked = tracking.add(form.wish(), unchecked=form.unchecked.data)
    except Duplicate as there:
        return _second_step(form, None, None, there)
    except (InvalidRepositoryAddress, SourceNotAllowed) as error:
        # Not what the second step can put right.
        again = AddressForm()
        again.refuse("url", str(error))
        return _first_step(again)
    except ProviderError as error:
        return _second_step(form, None, str(error))
    found = checked.releases or 0
    flash(f"{tracked.name} is tracked now. {found} release{' was' if found == 1 else 's were'} found.")
    return redirect(url_for("tracker.repository", number=tracked.id), HTTPStatus.SEE_OTHER)


def _change(tracking: RepositoryEditing, number: int) -> Response:
    form = EditForm()
    if not form.validate():
        return _edit_step(number, form)
    try:
        tracked = tracking.change(number, form.version.data, form.wish())
    except Duplicate as there:
        return _edit_step(number, form, there)
    except Conflict:
        return _edit_step(number, form, changed_meanwhile=True)
    except (InvalidRepositoryAddress, ProviderError) as error:
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
    words = sentence(problem) if problem else None
    page = rendered("check_repository.html", form=form, checked=checked, problem=words, there=there)
    return make_response(page, _status(refused=checked is None))


def _edit_step(
    number: int, form: EditForm, there: Duplicate | None = None, *, changed_meanwhile: bool = False
) -> Response:
    page = rendered("edit_repository.html", number=number, form=form, there=there, changed_meanwhile=changed_meanwhile)
    refused = bool(there or changed_meanwhile or form.errors or form.url.errors)
    return make_response(page, HTTPStatus.CONFLICT if changed_meanwhile else _status(refused=refused))


def _status(*, refused: bool) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
