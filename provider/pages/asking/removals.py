"""The form on /images with which an admin allows removals that wait, because too many would be removed at once."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import Conflict, UnprocessableEntity
from werkzeug.wrappers import Response

from provider.domain.asking.limits import LONGEST_REASON
from provider.services.asking.acts import Acts

_MOST_DIGITS = 9


def add_removals(blueprint: Blueprint, acts: Acts) -> None:
    """Serve POST /images/removals, for the file and the number of removals that the page has shown."""

    @blueprint.post("/images/removals")
    def allow_removals() -> Response:
        file, reason = request.form.get("file", ""), " ".join(request.form.get("reason", "").split())
        try:
            with acts.audited("removals", file, reason):
                asked = acts.removals(file, _count(request.form.get("count", "")), _given(reason))
        except Conflict as error:
            flash(str(error.description), "bad")
        else:
            flash(asked.next_step)
        return redirect(url_for("pages.images"), HTTPStatus.SEE_OTHER)


def _given(reason: str) -> str:
    if reason and len(reason) <= LONGEST_REASON:
        return reason
    raise UnprocessableEntity(f"Say why, in at most {LONGEST_REASON} characters; other people read it.")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise UnprocessableEntity("The number of removals is not a number. Reload /images and try again.")
