"""The guard: checks every request before any other code handles it."""

import ipaddress
import logging
import re
from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask, Request, g, redirect, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, ServiceUnavailable, Unauthorized
from werkzeug.wrappers import Response

from provider.auth.backstage import Backstage
from provider.auth.backstage_tokens import WrongToken
from provider.auth.browser_session import signed_in
from provider.auth.callers import Caller, CallerRole, ServiceToken, same_secret
from provider.auth.keys import PAUSE
from provider.auth.recognition import TOKEN_HEADER, Recognised, recognise
from provider.auth.same_origin import SentHeaders, refusal
from proxy.errors import OutsideFailure
from proxy.secrets.secret import Secret

_log = logging.getLogger(__name__)
_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
# A proxy on this machine connects from here for clients elsewhere. The proxy of Backstage sets none of these headers,
# but it sends the token of its client or a service token.
_PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")
_LOCAL_ADMIN = Recognised(Caller("local", CallerRole.ADMIN))


@dataclass(frozen=True, slots=True)
class Access:
    """The configured callers and rules.

    Attributes:
        tokens: the service tokens. Without tokens and Backstage nothing is configured, and only this machine is served.
        catalog_public: everybody may read the catalog documents.
        catalog_token: opens the catalog documents as `?token=`, and nothing else.
        backstage: the Backstage whose users may call.
        admins: references of groups and users who may do everything.
    """

    tokens: tuple[ServiceToken, ...] = ()
    catalog_public: bool = False
    catalog_token: Secret | None = None
    backstage: Backstage | None = None
    admins: tuple[str, ...] = ()

    @property
    def configured(self) -> bool:
        """Whether any authentication is configured."""
        return bool(self.tokens) or self.backstage is not None


@dataclass(frozen=True, slots=True)
class Doors:
    """Endpoints that do not need a caller.

    Attributes:
        public: open for everybody, or guarded by a secret of their own.
        catalog: names of the blueprints whose documents the catalog's rules open.
        pages: names of the blueprints that people look at: who is not known there is led to `sign_in`, and their forms
            are taken from browsers alone.
        sign_in: the endpoint where a browser signs in with a service token; None: nowhere.
    """

    public: Collection[str]
    catalog: Collection[str]
    pages: Collection[str] = ()
    sign_in: str | None = None


def guard(app: Flask, access: Access, doors: Doors, public_url: str) -> None:
    """Let no request further that may not: 401 without a caller, 403 from elsewhere while nothing is configured.

    A wrong token is 401 too, whatever stands beside it, but not at an open door, where nobody needs one. A person who
    opens a page without a caller is led to where they sign in. What changes something may come from no page but one
    of our own, at open doors too: 403.
    """

    @app.before_request
    def check() -> Response | None:
        g.access, g.caller, g.user = access, None, None
        _check_query(request)
        try:
            recognised = _recognised(access, request)
        except HTTPException as error:
            if _is_open(access, doors, request):
                _check_page(access, doors, request, public_url)
                return None
            if isinstance(error, Unauthorized) and _may_sign_in(access, doors, request):
                return redirect(url_for(doors.sign_in or "", next=request.full_path.removesuffix("?")))
            raise
        g.caller, g.user = recognised.caller, recognised.user
        _check_page(access, doors, request, public_url)
        return None


def _check_query(asking: Request) -> None:
    """Refuse what no address can have (RFC 3986): Werkzeug would fail where the query is read."""
    if not asking.query_string.isascii():
        raise BadRequest("The query holds bytes that no address can have; encode them by percent signs.")


def current_caller() -> Caller | None:
    """Who makes the request at hand; None at an open door."""
    caller: Caller | None = g.get("caller")
    return caller


def _recognised(access: Access, asking: Request) -> Recognised:
    """The one place that makes a caller out of a request, whichever way they show who they are."""
    if not access.configured:
        from_elsewhere = any(name in asking.headers for name in (*_PASSED_ON, TOKEN_HEADER, "Authorization"))
        if is_local(asking.remote_addr, asking.headers.get("Host")) and not from_elsewhere:
            return _LOCAL_ADMIN
        raise Forbidden(
            "No callers are configured, so only this machine is served, at 127.0.0.1 or localhost, not by a proxy, and "
            "to nobody who shows a token. "
            "Set IMAGE_FACTORY_API_TOKENS or IMAGE_FACTORY_BACKSTAGE_URL to let others in."
        )
    shown = asking.headers.get(TOKEN_HEADER), asking.headers.get("Authorization")
    try:
        found = recognise(access.tokens, access.backstage, *shown)
    except WrongToken as error:
        raise _unauthorized(str(error)) from None
    except OutsideFailure:
        raise ServiceUnavailable(
            "Backstage cannot be asked now whether this token is right; try again in a few seconds.",
            retry_after=int(PAUSE.total_seconds()),
        ) from None
    found = found or _by_session(access)
    if found is None:
        raise _unauthorized(
            f"Authenticate with {TOKEN_HEADER}: <service token> or Authorization: Bearer <service or Backstage token>."
        )
    return found


def _by_session(access: Access) -> Recognised | None:
    caller = signed_in(access.tokens) if access.tokens else None
    return Recognised(caller) if caller else None


def _check_page(access: Access, doors: Doors, asking: Request, public_url: str) -> None:
    """Refuse what a page elsewhere had a browser send."""
    sent = SentHeaders(
        asking.method,
        host=asking.headers.get("Host"),
        origin=asking.headers.get("Origin"),
        referer=asking.headers.get("Referer"),
        fetch_site=asking.headers.get("Sec-Fetch-Site"),
    )
    by_session = access.configured and current_caller() is not None and not _shows_token(asking)
    needs_page = by_session or asking.blueprint in doors.pages
    if reason := refusal(sent, public_url, needs_page=needs_page):
        _log.warning("%s %r is refused: %s", asking.method, asking.path, reason)
        raise Forbidden(reason)


def _shows_token(asking: Request) -> bool:
    return TOKEN_HEADER in asking.headers or "Authorization" in asking.headers


def is_local(remote: str | None, host: str | None) -> bool:
    """Whether a request comes from this machine and was meant for it.

    The Host header counts too: a page elsewhere can point a name of its own at 127.0.0.1 (DNS rebinding).
    """
    return _is_loopback(remote) and bool(_LOOPBACK_HOST.fullmatch(host or ""))


def _is_loopback(remote: str | None) -> bool:
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_open(access: Access, doors: Doors, asking: Request) -> bool:
    if asking.endpoint in doors.public:
        return True
    return asking.blueprint in doors.catalog and _opens_catalog(access, asking)


def _may_sign_in(access: Access, doors: Doors, asking: Request) -> bool:
    """Whether signing in would help: somebody opens a page, shows no token, and there are tokens to sign in with."""
    # Browsers name it themselves; what takes anything is a program, and is told that it is not let in.
    wants_page = asking.method == "GET" and "text/html" in asking.headers.get("Accept", "")
    opens_page = asking.blueprint in doors.pages and wants_page
    return bool(doors.sign_in and access.tokens) and opens_page and not _shows_token(asking)


def _opens_catalog(access: Access, asking: Request) -> bool:
    if access.catalog_public:
        return True
    presented = asking.args.get("token")
    return access.catalog_token is not None and presented is not None and same_secret(access.catalog_token, presented)


def _unauthorized(message: str) -> Unauthorized:
    return Unauthorized(message, www_authenticate=WWWAuthenticate("bearer", {"realm": "image-factory"}))
