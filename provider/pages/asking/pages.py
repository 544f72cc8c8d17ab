"""The pages of an image on which people ask for a rebuild, an emergency, a hold, or to skip a digest."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from catalog.image import Image, Role
from provider.auth.permissions import Action
from provider.auth.rights import is_allowed
from provider.auth.strict_query import takes
from provider.domain.asking.request import PersonRequest
from provider.domain.impact import Impact, emergency_impacts
from provider.pages.asking.form import NEEDS_REASON, AskForm, read_form
from provider.pages.image.tabs import known_image
from provider.pages.rendering import rendered
from provider.services.asking.acts import Acts, Wish
from provider.services.asking.asking import coverage

TITLES = {
    "rebuild": "Rebuild",
    "emergency": "Emergency rebuild",
    "hold": "Hold",
    "release": "Release",
    "skip": "Skip a digest",
    "unskip": "Use a skipped digest again",
}
"""What a person can ask for, with the title of its page, in the order of the buttons."""


def add_asking(blueprint: Blueprint, acts: Acts) -> None:
    """Serve /images/NAME/ask/KIND, a form for each kind of request."""
    index, now = acts.asking.index, acts.asking.now

    @blueprint.get("/images/<name>/ask/<kind>")
    @takes("digest")
    def ask(name: str, kind: str) -> Response | str:
        image = _askable(known_image(index, name), kind)
        return _page(acts, image, kind, AskForm(digest=request.args.get("digest", "")))

    @blueprint.post("/images/<name>/ask/<kind>")
    def asked(name: str, kind: str) -> Response | tuple[str, int]:
        image, form = _askable(known_image(index, name), kind), read_form(kind, request.form, now())
        if form.errors:
            return _page(acts, image, kind, form), HTTPStatus.UNPROCESSABLE_ENTITY
        try:
            with acts.audited(kind, name, form.reason, form.cve or None):
                done = _ways(acts, image, form)[kind]()
        except Conflict as error:
            return _page(acts, image, kind, form, str(error.description)), HTTPStatus.CONFLICT
        return redirect(url_for("pages.image", name=name, asked=done.id), HTTPStatus.SEE_OTHER)


def requests_of(acts: Acts, image: Image) -> dict[str, Any]:
    """What the page of an image shows: the buttons, what waits for the worker, and how the last request ended."""
    requests = acts.asking.requests
    return {
        "offered": offered(image),
        "waiting": requests.open(image.name),
        "outcome": requests.outcome(request.args.get("asked", "")),
    }


def offered(image: Image) -> Sequence[tuple[str, str]]:
    """What the caller may ask for about the image: kind and label of each button."""
    allowed = {
        action: is_allowed(action, _owner(image)) for action in (Action.REBUILD, Action.EMERGENCY, Action.CHANGE)
    }
    if image.role is not Role.MANAGED:
        return [("emergency", TITLES["emergency"])] if allowed[Action.EMERGENCY] else []
    hold = "release" if image.hold else "hold"
    kinds = [
        ("rebuild", allowed[Action.REBUILD] and image.no_build is None),
        ("emergency", allowed[Action.EMERGENCY] and image.no_build is None),
        (hold, allowed[Action.CHANGE]),
        ("skip", allowed[Action.CHANGE] and bool(image.dependencies)),
        ("unskip", allowed[Action.CHANGE] and bool(image.skips)),
    ]
    return [(kind, TITLES[kind]) for kind, shown in kinds if shown]


def _owner(image: Image) -> str | None:
    """The owner of a base image gets no rights over what others build from it."""
    return image.acting_owner if image.role is Role.MANAGED else None


def _askable(image: Image, kind: str) -> Image:
    if kind in TITLES and (kind == "emergency" or image.role is Role.MANAGED):
        return image
    raise NotFound(f"There is no page {kind} for {image.name}.")


def _ways(acts: Acts, image: Image, form: AskForm) -> dict[str, Callable[[], PersonRequest]]:
    wish = Wish(form.reason, form.cve or None, form.end)
    ways: dict[str, Callable[[], PersonRequest]] = {
        "rebuild": lambda: acts.rebuild(image, wish),
        "emergency": lambda: acts.emergency(image, wish)[0],
        "hold": lambda: acts.hold(image, wish),
        "release": lambda: acts.release(image, wish),
    }
    if digest := form.whole_digest:
        ways["skip"] = lambda: acts.skip(image, digest, wish)
        ways["unskip"] = lambda: acts.unskip(image, digest, wish)
    return ways


def _page(acts: Acts, image: Image, kind: str, form: AskForm, problem: str = "") -> str:
    impacts: list[Impact] = []
    if kind == "emergency":
        impacts = emergency_impacts(coverage(acts.asking.index, image), acts.asking.now())
    return rendered(
        "ask.html",
        image=image,
        kind=kind,
        title=TITLES[kind],
        form=form,
        problem=problem,
        impacts=impacts,
        needs_reason=kind in NEEDS_REASON,
    )
