"""The pages to sign in with a service token and to sign out."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.exceptions import NotFound, TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from provider.auth.attempts import Attempts
from provider.auth.browser_session import sign_in, sign_out, signed_in
from provider.auth.callers import ServiceToken
from provider.auth.strict_query import takes
from provider.pages.browsers import guard_forms
from provider.pages.rendering import rendered
from provider.pages.safe_redirect import local_path
from proxy.http.retry_after import delay_seconds

SIGN_IN = "sign_in"
"""The blueprint's name."""

LOGIN = f"{SIGN_IN}.login"
OPEN_SIGN_IN = frozenset({LOGIN, f"{SIGN_IN}.take_token", f"{SIGN_IN}.logout"})
"""Endpoints that need no caller."""

_NEXT = "next"
_LONGEST_TOKEN = 4_096
_LARGEST_FORM = 16 * 1024


def sign_in_pages(tokens: tuple[ServiceToken, ...], now: Callable[[], datetime]) -> Blueprint:
    """The blueprint for /login and /logout."""
    blueprint = Blueprint(SIGN_IN, __name__)
    # Before the form is read: people without a token can send it too.
    blueprint.before_request(_limit_form_size)
    guard_forms(blueprint)
    attempts = Attempts()

    @blueprint.get("/login")
    @takes(_NEXT)
    def login() -> AnyResponse | str:
        if not tokens:
            raise NotFound("Sign-in is not available: no service tokens are configured.")
        return redirect(_next_page()) if signed_in(tokens) else rendered("login.html", next_page=_next_page())

    @blueprint.post("/login")
    @takes(_NEXT)
    def take_token() -> AnyResponse:
        presented = request.form.get("token", "").strip()
        # A valid token is accepted even after many failed attempts: behind one gateway all people share one address.
        # Guessing is no easier here than in the API; tokens are too long to guess.
        if len(presented) <= _LONGEST_TOKEN and sign_in(tokens, presented):
            return redirect(_next_page(), HTTPStatus.SEE_OTHER)
        _refuse_too_many(attempts, now())
        attempts.failed(request.remote_addr, now())
        return _invalid_token()

    @blueprint.post("/logout")
    def logout() -> AnyResponse:
        sign_out()
        return redirect(url_for(LOGIN), HTTPStatus.SEE_OTHER)

    return blueprint


def _limit_form_size() -> None:
    request.max_content_length = _LARGEST_FORM


def _invalid_token() -> Response:
    page = rendered(
        "login.html", next_page=_next_page(), problem="Unknown service token. Check that you copied all of it."
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _next_page() -> str:
    return local_path(request.values.get(_NEXT), "/")


def _refuse_too_many(attempts: Attempts, now: datetime) -> None:
    if wait := attempts.wait(request.remote_addr, now):
        raise TooManyRequests(
            "Too many failed sign-in attempts from your address. Try again in a few minutes.",
            retry_after=delay_seconds(wait),
        )
