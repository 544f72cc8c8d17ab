"""The pages to sign in with a token and to sign out."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from provider.auth.access import Access, session_caller
from provider.auth.attempts import Attempts, refuse_too_many
from provider.auth.browser_session import sign_in, sign_in_once, sign_out
from provider.auth.callers import identify
from provider.auth.strict_query import takes
from provider.pages.backstage_sign_in import sign_in_with_backstage
from provider.pages.browsers import guard_forms
from provider.pages.rendering import rendered
from provider.pages.safe_redirect import local_path

SIGN_IN = "sign_in"
"""The blueprint's name."""

LOGIN = f"{SIGN_IN}.login"
OPEN_SIGN_IN = frozenset({LOGIN, f"{SIGN_IN}.take_token", f"{SIGN_IN}.logout"})
"""Endpoints that need no caller."""

_NEXT = "next"
_LONGEST_TOKEN = 4_096
_UNKNOWN = "Unknown token. Check that you copied all of it."
# RFC 7519: header, claims and signature.
_JWT_DOTS = 2
_LARGEST_FORM = 16 * 1024


def sign_in_pages(access: Access, now: Callable[[], datetime]) -> Blueprint:
    """The blueprint for /login and /logout."""
    blueprint = Blueprint(SIGN_IN, __name__)
    # Before the form is read: people without a token can send it too.
    blueprint.before_request(_limit_form_size)
    guard_forms(blueprint)
    attempts = Attempts()

    @blueprint.get("/login")
    @takes(_NEXT)
    def login() -> AnyResponse | str:
        if not access.signs_in:
            raise NotFound("Sign-in is not available: no callers are configured.")
        return redirect(_next_page()) if session_caller() else _page(access)

    @blueprint.post("/login")
    @takes(_NEXT)
    def take_token() -> AnyResponse:
        presented = request.form.get("token", "").strip()
        # A valid token is accepted even after many failed attempts: behind one gateway all people share one address.
        # Guessing is no easier here than in the API; tokens are too long to guess.
        problem = _problem(access, presented, now())
        if problem is None:
            return redirect(_next_page(), HTTPStatus.SEE_OTHER)
        refuse_too_many(attempts, request.remote_addr, now())
        attempts.failed(request.remote_addr, now())
        wrong = _page(access, problem=problem)
        return make_response(wrong, HTTPStatus.UNPROCESSABLE_ENTITY)

    @blueprint.after_request
    def forget(response: Response) -> Response:
        # The pages that the browser kept are those of whoever signed out.
        if request.endpoint == f"{SIGN_IN}.logout":
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    @blueprint.post("/logout")
    def logout() -> AnyResponse:
        person = sign_out(access.sessions, now())
        provider = access.provider
        if person is None or provider is None or person.source != provider.issuer:
            return redirect(url_for(LOGIN), HTTPStatus.SEE_OTHER)
        # No redirect: our content security policy lets no form lead to another site, and Chromium follows it there.
        page = rendered("signed_out.html", provider=provider.name, address=provider.end_address(person.hint))
        return make_response(page, {"Cache-Control": "no-store"})

    return blueprint


def _limit_form_size() -> None:
    request.max_content_length = _LARGEST_FORM


def _problem(access: Access, presented: str, now: datetime) -> str | None:
    """What is wrong with the token; None once a session is open."""
    if len(presented) > _LONGEST_TOKEN:
        return _UNKNOWN
    if access.backstage and presented.count(".") == _JWT_DOTS and not identify(access.tokens, [presented]):
        wrong = sign_in_with_backstage(access, access.backstage, presented, now)
        return f"Backstage's token was not accepted: {wrong}." if wrong else None
    if access.configured or access.start_token is None:
        return None if sign_in(access.tokens, access.sessions, presented, now) else _UNKNOWN
    return None if sign_in_once(access.start_token, access.sessions, presented, now) else _UNKNOWN


def _page(access: Access, problem: str = "") -> str:
    return rendered(
        "login.html",
        next_page=_next_page(),
        problem=problem,
        token_in_log=not access.configured,
        from_backstage=access.backstage is not None,
        takes_tokens=bool(access.tokens or access.backstage) or not access.configured,
        provider=access.provider.name if access.provider else "",
    )


def _next_page() -> str:
    return local_path(request.values.get(_NEXT), "/")
