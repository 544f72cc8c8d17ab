"""What forms and sessions need of the application, and what every page knows of who looks at it."""

import logging
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_bootstrap import Bootstrap5  # type: ignore[import-untyped]  # ships no types
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]  # ships no types
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized

from provider.auth.access import current_caller
from provider.auth.browser_session import signed_in
from provider.auth.callers import ServiceToken
from provider.auth.permissions import Action
from provider.auth.rights import require
from proxy.secrets.secret import Secret

OPEN_BOOTSTRAP = frozenset({"bootstrap.static"})
"""Bootstrap's style sheet: the page that refuses a caller needs it too."""

_audit = logging.getLogger("image_factory.audit")
_LASTS = timedelta(hours=12)
_LARGEST_FORM = 2 * 1024 * 1024
_STALE = (
    "This form is too old, or it was not sent from here, so nothing was changed. Go back, reload the page and send it "
    "again."
)


def prepare_for_browsers(app: Flask, secret_key: Secret, public_url: str, tokens: tuple[ServiceToken, ...]) -> None:
    """Give the application sessions, forms and Bootstrap's style sheet.

    Args:
        app: what serves the pages.
        secret_key: signs the sessions.
        public_url: where https is used, cookies go by https alone.
        tokens: with which people sign in.
    """
    app.secret_key = secret_key.reveal()
    app.config.update(
        SESSION_COOKIE_NAME="image_factory",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=_LASTS,
        # Checked by `guard_forms`, for the pages' own forms: the API has no sessions of its own to protect.
        WTF_CSRF_CHECK_DEFAULT=False,
        # As long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
        # Of what says nothing of its own; imports are the largest.
        MAX_CONTENT_LENGTH=2 * _LARGEST_FORM,
    )
    # Bootstrap-Flask builds its own path upon this one, also where the application has no static folder.
    app.static_url_path = "/static"
    Bootstrap5(app)
    app.extensions["image_factory_csrf"] = CSRFProtect(app)

    @app.context_processor
    def known_to_pages() -> dict[str, Any]:
        return {
            "may_change": may_change,
            "signed_in_as": lambda: signed_in(tokens) if tokens else None,
            "can_sign_in": bool(tokens),
            "endpoints": app.view_functions,
        }


def guard_forms(blueprint: Blueprint) -> None:
    """Take forms of this blueprint only with the token against forged ones."""

    @blueprint.before_request
    def check() -> None:
        if request.method != "POST":
            return
        csrf: CSRFProtect = current_app.extensions["image_factory_csrf"]
        try:
            csrf.protect()
        except CSRFError as error:
            raise BadRequest(_STALE) from error

    @blueprint.after_request
    def note(response: Response) -> Response:
        if request.method == "POST":
            caller = current_caller()
            name = caller.name if caller else "nobody"
            audited = name, request.method, request.path, response.status_code
            _audit.info("change caller=%s method=%s path=%s outcome=%s", *audited)
        return response


def may_change() -> bool:
    """Whether who looks may change what is tracked; a user of Backstage may be asked for, so it is asked once."""
    if "may_change" not in g:
        g.may_change = _may_change()
    return bool(g.may_change)


def _may_change() -> bool:
    if current_caller() is None:
        return False
    try:
        require(Action.CHANGE, None)
    except (Forbidden, Unauthorized):
        return False
    return True
