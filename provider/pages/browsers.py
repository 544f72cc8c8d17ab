"""Sessions, forms and CSRF protection, and the values that every template can use."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_bootstrap import Bootstrap5  # type: ignore[import-untyped]  # ships no types
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]  # ships no types
from werkzeug.exceptions import BadRequest

from provider.auth.access import current_caller, session_caller
from provider.auth.browser_session import SESSION_LIFETIME
from provider.auth.permissions import Action
from provider.auth.rights import is_allowed
from provider.pages.rendering import SharedTemplates
from provider.services.auditing import AUDIT, audit, outcome_of
from provider.settings.contact import Contact
from proxy.observing.event_log import EventLog
from proxy.secrets.secret import Secret

OPEN_BOOTSTRAP = frozenset({"bootstrap.static"})
"""Bootstrap's style sheet: the page that refuses a caller needs it too."""

_log = EventLog(AUDIT)
_LARGEST_FORM = 2 * 1024 * 1024
_INVALID_CSRF = (
    "The form has expired or was sent from another site. Nothing was changed. Go back, reload the page and submit the "
    "form again."
)


@dataclass(frozen=True, slots=True)
class Guidance:
    """Where people go on from a page.

    Attributes:
        contact: whom they ask for access; None if no setting names anybody.
        config_repo: the git address of the config repository, without credentials; empty if it is not known.
        config_page: its web page; None where no known site hosts it.
    """

    contact: Contact | None = None
    config_repo: str = ""
    config_page: str | None = None


_NOWHERE = Guidance()


def prepare_for_browsers(
    app: Flask, secret_key: Secret, public_url: str, *, signs_in: bool, guidance: Guidance = _NOWHERE
) -> None:
    """Set up templates, sessions, forms and Bootstrap's style sheet.

    Args:
        app: the application that serves the pages.
        secret_key: signs the sessions.
        public_url: with https, cookies are sent over https only.
        signs_in: people can sign in.
        guidance: where people go on from a page.
    """
    app.jinja_environment = SharedTemplates
    app.secret_key = secret_key.reveal()
    secure = public_url.startswith("https:")
    app.config.update(
        # The prefix keeps other hosts of the domain from setting the cookie (RFC 6265bis, "Cookie Name Prefixes").
        SESSION_COOKIE_NAME="__Host-image_factory" if secure else "image_factory",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        # `guard_forms` checks the forms of pages; the API has no sessions to protect.
        WTF_CSRF_CHECK_DEFAULT=False,
        # `auth/same_origin.py` decides which page may send a request, behind a proxy too.
        WTF_CSRF_SSL_STRICT=False,
        # Valid as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
        # For requests without a limit of their own; imports are the largest.
        MAX_CONTENT_LENGTH=2 * _LARGEST_FORM,
    )
    # Bootstrap-Flask derives its path from this one, even when the application has no static folder.
    app.static_url_path = "/static"
    Bootstrap5(app)
    app.extensions["image_factory_csrf"] = CSRFProtect(app)

    @app.context_processor
    def template_values() -> dict[str, Any]:
        return {
            "may_change": may_change,
            "signed_in_as": session_caller,
            "can_sign_out": lambda: g.get("by_session", False),
            "can_sign_in": signs_in,
            "guidance": guidance,
            "endpoints": app.view_functions,
        }


def check_tokens(blueprint: Blueprint) -> None:
    """Accept POST forms of this blueprint only with a valid CSRF token."""

    @blueprint.before_request
    def check() -> None:
        if request.method != "POST":
            return
        csrf: CSRFProtect = current_app.extensions["image_factory_csrf"]
        try:
            csrf.protect()
        except CSRFError as error:
            raise BadRequest(_INVALID_CSRF) from error


def guard_forms(blueprint: Blueprint) -> None:
    """Accept POST forms of this blueprint only with a valid CSRF token, and write an audit line for each."""
    check_tokens(blueprint)
    note_forms(blueprint)


def note_forms(blueprint: Blueprint) -> None:
    """Write an audit line for each POST form of this blueprint."""

    @blueprint.after_request
    def note(response: Response) -> Response:
        if request.method == "POST":
            caller = current_caller()
            name = caller.name if caller else "nobody"
            _log.info(
                "change_asked",
                "change caller={caller} method={method} path={path} outcome={outcome}",
                caller=name,
                method=request.method,
                path=request.path,
                outcome=str(response.status_code),
            )
            action = (request.endpoint or "").rpartition(".")[2].removeprefix("take_").replace("_", "-")
            audit(f"{action} (form)", request.path, outcome_of(response.status_code))
        return response


def may_change() -> bool:
    """Whether the caller may change tracked repositories; once per request, because it may need Backstage."""
    if "may_change" not in g:
        g.may_change = is_allowed(Action.CHANGE, None)
    return bool(g.may_change)
