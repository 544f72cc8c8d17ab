"""Signing in with a service token, and out again."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.exceptions import NotFound, TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from provider.auth.attempts import Attempts
from provider.auth.browser_session import sign_in, sign_out, signed_in
from provider.auth.callers import ServiceToken
from provider.pages.browsers import guard_forms
from provider.pages.rendering import rendered
from provider.pages.safe_redirect import own_path

SIGN_IN = "sign_in"
"""The blueprint's name."""

LOGIN = f"{SIGN_IN}.login"
OPEN_SIGN_IN = frozenset({LOGIN, f"{SIGN_IN}.take_token", f"{SIGN_IN}.logout"})
"""Endpoints that need no caller."""

_LONGEST_TOKEN = 4_096
_LARGEST_FORM = 16 * 1024


def sign_in_pages(tokens: tuple[ServiceToken, ...], now: Callable[[], datetime]) -> Blueprint:
    """The blueprint for /login and /logout."""
    blueprint = Blueprint(SIGN_IN, __name__)
    # Before the form is read, which whoever has no token may send too.
    blueprint.before_request(_bound_form)
    guard_forms(blueprint)
    attempts = Attempts()

    @blueprint.get("/login")
    def login() -> AnyResponse | str:
        if not tokens:
            raise NotFound("No service tokens are configured, so there is nothing to sign in with.")
        return redirect(_after()) if signed_in(tokens) else rendered("login.html", after=_after())

    @blueprint.post("/login")
    def take_token() -> AnyResponse:
        presented = request.form.get("token", "").strip()
        # A right one is never too many: behind one gateway all people have one address, and who guesses may as well ask
        # the API, where tokens are too long to be guessed too.
        if len(presented) <= _LONGEST_TOKEN and sign_in(tokens, presented):
            return redirect(_after(), HTTPStatus.SEE_OTHER)
        _refuse_too_many(attempts, now())
        attempts.failed(request.remote_addr, now())
        return _wrong()

    @blueprint.post("/logout")
    def logout() -> AnyResponse:
        sign_out()
        return redirect(url_for(LOGIN), HTTPStatus.SEE_OTHER)

    return blueprint


def _bound_form() -> None:
    request.max_content_length = _LARGEST_FORM


def _wrong() -> Response:
    page = rendered("login.html", after=_after(), problem="This is no service token that is known here.")
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _after() -> str:
    return own_path(request.values.get("next"), "/")


def _refuse_too_many(attempts: Attempts, now: datetime) -> None:
    if wait := attempts.wait(request.remote_addr, now):
        seconds = max(1, round(wait.total_seconds()))
        raise TooManyRequests("Too many wrong tokens came from here. Try again in a few minutes.", retry_after=seconds)
