"""The pages /images/new, /images/NAME/edit and /images/NAME/remove, over the same acts as the API."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import cast

from flask import Blueprint, flash, get_flashed_messages, make_response, redirect, request, url_for
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, HTTPException, Unauthorized
from werkzeug.wrappers import Response

from catalog.image import Image
from provider.auth.permissions import Action
from provider.auth.rights import is_allowed
from provider.config_repo.enrollments.requested import requested_entry
from provider.domain.enrolling.change import EntryChange
from provider.domain.enrollment import Enrollment
from provider.enrolling_ports import KeyedRequest, KeyState
from provider.errors import EntryRefused
from provider.pages.browsers import check_tokens
from provider.pages.enrolling.fields import GROUPS
from provider.pages.enrolling.form import EntryForm, document_of, field_of, form_of, new_form, sent_form, title_of
from provider.pages.enrolling.outcomes import ShownOutcome, check_words, outcome_of_change
from provider.pages.rendering import rendered
from provider.ports import ImageIndex
from provider.services.enrolling.acts import EnrollingActs, requester
from provider.services.enrolling.once import once
from provider.services.enrolling.service import PlannedChange

ENROLLING = "enrolling_pages"
"""The blueprint's name."""

_IMAGE = "/images/<name>"
_LARGEST_FORM = 128 * 1024
_CHANGED = (
    "Someone else changed this entry in the meantime. Nothing was committed. Open the form again to see the current "
    "entry."
)


def enrolling_pages(acts: EnrollingActs, index: ImageIndex) -> Blueprint:
    """The blueprint.

    Args:
        acts: make the changes.
        index: the images that the worker has published.
    """
    blueprint = Blueprint(ENROLLING, __name__)
    # Before the form is read.
    blueprint.before_request(_limit_form_size)
    check_tokens(blueprint)
    pages = _Pages(acts, index)
    for template_filter in (field_of, title_of):
        blueprint.add_app_template_filter(template_filter, template_filter.__name__)

    @blueprint.app_context_processor
    def offers() -> dict[str, Callable[..., bool]]:
        return {
            "may_enroll": _may_enroll,
            "may_change_entry": _may_change_entry,
            "has_reviews": lambda: acts.use_cases.enrolling.reviews.are_possible,
        }

    for rule, view, method in (
        ("/images/new", pages.new, "GET"),
        ("/images/new", pages.take_new, "POST"),
        (f"{_IMAGE}/edit", pages.edit, "GET"),
        (f"{_IMAGE}/edit", pages.take_edit, "POST"),
        (f"{_IMAGE}/remove", pages.remove, "GET"),
        (f"{_IMAGE}/remove", pages.take_remove, "POST"),
        (f"{_IMAGE}/enrolled", pages.enrolled, "GET"),
        (f"{_IMAGE}/reviews", pages.reviews, "GET"),
        ("/enrollments", pages.all_reviews, "GET"),
    ):
        blueprint.add_url_rule(rule, view.__name__, view, methods=[method])
    return blueprint


@dataclass(frozen=True, slots=True)
class _Pages:
    """Answers the requests of the pages."""

    acts: EnrollingActs
    index: ImageIndex

    def new(self) -> Response:
        """The empty form; 403 with what is missing for who may not enroll."""
        with self.acts.failures():
            who = requester()
            self.acts.use_cases.enrolling.check_may_enroll(who)
        groups = sorted(reference for reference in who.ownership if reference.startswith("group:"))
        return self.page(new_form("" if who.is_admin or not groups else groups[0]), None)

    def take_new(self) -> Response:
        """A check of a new entry, or its commit."""
        return self._take_entry(None)

    def edit(self, name: str) -> Response:
        """The form with the entry as it is in its file."""
        entry = self.entry(name)
        return self.page(form_of(entry), name, seen=_seen(entry))

    def take_edit(self, name: str) -> Response:
        """A check of a change, or its commit."""
        return self._take_entry(name)

    def entry(self, name: str) -> Enrollment:
        """The entry that the caller may change."""
        with self.acts.failures():
            return self.acts.use_cases.enrolling.entry(name, requester())

    def page(
        self,
        form: EntryForm,
        name: str | None,
        *,
        seen: str = "",
        problem: HTTPException | None = None,
        planned: PlannedChange | None = None,
        typing: bool = False,
    ) -> Response:
        """The form, perhaps with what a check found or why it was refused."""
        refused = problem.description if problem and not _messages(problem) else None
        page = rendered(
            "enroll.html",
            form=form,
            name=name,
            groups=GROUPS,
            owners=sorted(requester().ownership),
            key=secrets.token_urlsafe(16),
            seen=seen,
            problem=refused,
            planned=planned,
            typing=typing,
            words=check_words(form, planned, refused, fields_missing=problem is not None),
        )
        wrong = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        status = problem.code if problem and problem.code else wrong
        return make_response(page, HTTPStatus.OK if typing else status)

    def _take_entry(self, name: str | None) -> Response:
        form, step = _sent(), request.form.get("step", "")
        seen = request.form.get("seen", "")
        if step in ("check", "typing"):
            return self._checked(form, name, seen, typing=step == "typing")
        if step != "commit":
            raise BadRequest("The form has no step; reload the page and submit it again.")
        action = "change-image" if name else "enroll-image"
        try:
            outcome = self._make(action, name, partial(self._change, form, name))
        except HTTPException as problem:
            return self.page(form.with_errors(_messages(problem)), name, seen=seen, problem=problem)
        return _shown(outcome)

    def take_remove(self, name: str) -> Response:
        """The removal."""
        _known_fields()
        change = EntryChange(name, None)
        return _shown(self._make("remove-image", name, lambda: change))

    def remove(self, name: str) -> Response:
        """What a removal does, before it is made."""
        entry = self.entry(name)
        dependents = self.index.neighbours([name])[name].dependents if self.index.image(name) else ()
        page = rendered(
            "remove_image.html",
            entry=entry,
            dependents=dependents,
            key=secrets.token_urlsafe(16),
            seen=_seen(entry),
        )
        return make_response(page)

    def enrolled(self, name: str) -> Response:
        """That the worker has yet to apply the entry; else the page of the image."""
        messages = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
        for category, message in messages:
            # For the page of the image.
            flash(message, category)
        if not messages or self.acts.use_cases.discovery.wait(name, 0):
            return redirect(url_for("pages.image", name=name), HTTPStatus.SEE_OTHER)
        return make_response(rendered("enrolled.html", name=name, known=self.index.image(name)))

    def reviews(self, name: str) -> Response:
        """The changes of an image that people review."""
        with self.acts.failures():
            found = [each for each in self.acts.use_cases.enrolling.reviews.all() if each.image == name]
        known = self.index.image(name) is not None
        return make_response(rendered("reviews.html", name=name, reviews=found, known=known))

    def all_reviews(self) -> Response:
        """The changes of all images that people review."""
        with self.acts.failures():
            found = self.acts.use_cases.enrolling.reviews.all()
        return make_response(rendered("reviews.html", name="", reviews=found, known=False))

    def _checked(self, form: EntryForm, name: str | None, seen: str, *, typing: bool) -> Response:
        try:
            planned = self.acts.plan(partial(self._change, form, name))
        except HTTPException as problem:
            marked = form.with_errors(_messages(problem), typing=typing)
            return self.page(marked, name, seen=seen, problem=problem, typing=typing)
        found = {item.field: item.message for item in reversed(planned.findings.errors)}
        return self.page(form.with_errors(found), name, seen=seen, planned=planned, typing=typing)

    def _change(self, form: EntryForm, name: str | None) -> EntryChange:
        document, wrong = document_of(form)
        try:
            wanted = requested_entry(document, self.acts.use_cases.enrolling.http_hosts)
        except EntryRefused as refused:
            raise EntryRefused({**refused.fields, **wrong}) from refused
        if wrong:
            raise EntryRefused(wrong)
        return EntryChange(name, wanted.entry, wanted.file)

    def _make(self, action: str, name: str | None, wanted: Callable[[], EntryChange]) -> ShownOutcome:
        made: ShownOutcome = self.acts.make(action, name, wanted, partial(self._once, name), outcome_of_change)
        return made

    def _once(self, name: str | None, caller: str, act: Callable[[], ShownOutcome]) -> ShownOutcome:
        def unless_changed() -> ShownOutcome:
            if name is not None and request.form.get("seen", "") != _seen(self.entry(name)):
                raise Conflict(_CHANGED)
            return act()

        keyed = KeyedRequest(caller, f"form {request.form.get('key', '')[:200]}", _digest())
        found = once(
            self.acts.use_cases.keys, keyed, self.acts.now(), unless_changed, ShownOutcome.kept, ShownOutcome.again
        )
        if found is KeyState.OTHER:
            raise Conflict("This form was submitted before with other values; open it again and submit it once.")
        if found is KeyState.RUNNING:
            raise Conflict("This form was submitted already, and is being committed now; open the image in a moment.")
        return found


def _may_enroll() -> bool:
    """Whether the caller is offered the form; the form itself says which rule is missing."""
    try:
        who = requester()
    except (Forbidden, Unauthorized):
        return False
    return who.is_admin or bool(who.ownership)


def _may_change_entry(image: Image) -> bool:
    """Whether the caller is offered the forms for this image."""
    return image.enrollment is not None and is_allowed(Action.CHANGE, image.acting_owner)


def _shown(outcome: ShownOutcome) -> Response:
    flash(outcome.message)
    return redirect(outcome.location, HTTPStatus.SEE_OTHER)


def _limit_form_size() -> None:
    request.max_content_length = _LARGEST_FORM


def _known_fields() -> None:
    unknown = set(request.form) - {"csrf_token", "key", "seen"}
    if unknown:
        raise BadRequest(f"The form has the field {min(unknown)[:50]!r}, which is not known.")


def _sent() -> EntryForm:
    try:
        return sent_form(request.form.lists())
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _messages(problem: HTTPException) -> dict[str, str]:
    """The messages by field, from the format of webargs."""
    found = getattr(problem, "data", {}).get("messages", {}).get("json", {})
    return {field: "; ".join(messages) for field, messages in found.items()}


def _seen(entry: Enrollment) -> str:
    """A hash of an entry, by which the form notices that somebody else changed it."""
    return hashlib.sha256(json.dumps([entry.file, entry.to_document()]).encode()).hexdigest()[:32]


def _digest() -> str:
    """A hash of all that the form asks for."""
    sent = sorted((key, value) for key, value in request.form.items(multi=True) if key != "csrf_token")
    return hashlib.sha256(json.dumps([request.path, sent]).encode("utf-8", "surrogatepass")).hexdigest()
