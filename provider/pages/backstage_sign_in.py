"""Signing in with a token that a page of Backstage sends: it opens the question who wants to continue."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from provider.auth.access import Access, not_asked
from provider.auth.backstage import Backstage
from provider.auth.backstage_tokens import LONGEST, WrongToken
from provider.auth.browser_session import sign_in_person
from provider.auth.strict_query import takes
from provider.pages.browsers import note_forms
from provider.pages.rendering import rendered
from provider.pages.safe_redirect import local_path
from proxy.errors import OutsideFailure

FROM_BACKSTAGE = "sign_in_from_backstage"
"""The blueprint's name."""

OPEN_TO_BACKSTAGE = frozenset({f"{FROM_BACKSTAGE}.take_offer"})
"""Endpoints that pages of other sites may send a form to; they change nothing."""

OPEN_CONTINUE = frozenset({f"{FROM_BACKSTAGE}.take_person"})
"""Endpoints that need no caller."""

_NEXT = "next"
_LARGEST_FORM = 2 * LONGEST


def backstage_sign_in_pages(access: Access, now: Callable[[], datetime]) -> Blueprint:
    """The blueprint for /login/backstage.

    Any page can send a form there with a token of its own, to sign a person in as somebody else. So the first step only
    shows whose token it is, and `auth/same_origin.py` takes the second one from that page alone. The page sets no
    cookie: the browser sends none with a form of another site, and an open session would be lost.
    """
    blueprint = Blueprint(FROM_BACKSTAGE, __name__)
    blueprint.before_request(_limit_form_size)
    note_forms(blueprint)

    def configured() -> Backstage:
        if access.backstage is None:
            raise NotFound("Signing in from Backstage is not available: no Backstage is configured.")
        return access.backstage

    @blueprint.post("/login/backstage")
    @takes()
    def take_offer() -> AnyResponse:
        backstage, token = configured(), request.form.get("token", "").strip()
        try:
            name = backstage.user(token).reference
        except WrongToken as error:
            return _refused(error)
        except OutsideFailure as error:
            raise not_asked(error, now()) from error
        return make_response(rendered("continue_as.html", name=name, offered=token, next_page=_next_page()))

    @blueprint.post("/login/backstage/continue")
    @takes()
    def take_person() -> AnyResponse:
        problem = sign_in_with_backstage(access, configured(), request.form.get("token", "").strip(), now())
        return _refused(problem) if problem else redirect(_next_page(), HTTPStatus.SEE_OTHER)

    return blueprint


def sign_in_with_backstage(access: Access, backstage: Backstage, token: str, now: datetime) -> WrongToken | None:
    """Start a session for the user of a token of Backstage, with the groups; it ends with the token.

    Returns:
        What is wrong with the token; None once the session is open.

    Raises:
        ServiceUnavailable: Backstage cannot be asked about the token or the groups now.
    """
    try:
        person, expires_at = backstage.person(token)
    except WrongToken as error:
        return error
    except OutsideFailure as error:
        raise not_asked(error, now) from error
    sign_in_person(access.sessions, person, now, expires_at)
    return None


def _limit_form_size() -> None:
    request.max_content_length = _LARGEST_FORM


def _refused(problem: WrongToken) -> AnyResponse:
    page = rendered("continue_as.html", problem=str(problem), next_page=_next_page())
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _next_page() -> str:
    return local_path(request.form.get(_NEXT), "/")
