"""The guard: checks every request before any other code handles it."""

import ipaddress
import logging
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Request, g, redirect, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, ServiceUnavailable, Unauthorized
from werkzeug.wrappers import Response

from provider.auth.backstage import Backstage
from provider.auth.backstage_tokens import WrongToken
from provider.auth.browser_session import signed_in
from provider.auth.callers import Caller, CallerRole, ServiceToken, same_secret
from provider.auth.recognition import TOKEN_HEADER, Recognised, recognise
from provider.auth.same_origin import SentHeaders, refusal
from proxy.errors import NotNow, OutsideFailure
from proxy.http.retry_after import delay_seconds
from proxy.secrets.secret import Secret

_log = logging.getLogger(__name__)
_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
# Headers of a proxy: on this machine it connects from a loopback address for clients elsewhere. The proxy of Backstage
# sets none of these headers, but it sends the token of its client or a service token.
_PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")
_LOCAL_ADMIN = Recognised(Caller("local", CallerRole.ADMIN))


@dataclass(frozen=True, slots=True)
class Access:
    """The configured callers and rules.

    Attributes:
        tokens: the service tokens. Without tokens and Backstage, only requests from this machine are accepted.
        catalog_public: anyone may read the catalog documents.
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
class EndpointRules:
    """Which endpoints need no caller, and which are pages for browsers.

    Attributes:
        public: endpoints that need no caller, because they are public or check a secret themselves.
        catalog: blueprints with catalog documents; `catalog_public` and `catalog_token` of `Access` apply to them.
        pages: blueprints with pages. A browser without a caller is redirected to `sign_in`, and a form is accepted only
            if a page of this service sent it.
        sign_in: the endpoint where a browser signs in with a service token; None: there is none.
    """

    public: Collection[str]
    catalog: Collection[str]
    pages: Collection[str] = ()
    sign_in: str | None = None


def guard(app: Flask, access: Access, rules: EndpointRules, public_url: str, now: Callable[[], datetime]) -> None:
    """Check every request before any other code handles it.

    A request without a caller is 401. While no callers are configured, a request from another machine is 403. A wrong
    token is 401, even beside a right one, but not at an endpoint that needs no caller. A browser that opens a page
    without a caller is redirected to the sign-in page. A request that changes something is 403 if a page of another
    site sent it; this applies to endpoints that need no caller too.

    Args:
        app: the application.
        access: the configured callers.
        rules: what each endpoint needs.
        public_url: the address under which people reach the service.
        now: returns the current time.
    """

    @app.before_request
    def check() -> Response | None:
        g.access, g.caller, g.user = access, None, None
        _check_query(request)
        try:
            recognised = _caller_of(access, request, now)
        except HTTPException as error:
            if _needs_no_caller(access, rules, request):
                _check_page(access, rules, request, public_url)
                return None
            if isinstance(error, Unauthorized) and _may_sign_in(access, rules, request):
                return redirect(url_for(rules.sign_in or "", next=request.full_path.removesuffix("?")))
            raise
        g.caller, g.user = recognised.caller, recognised.user
        _check_page(access, rules, request, public_url)
        return None


def _check_query(incoming: Request) -> None:
    """Refuse a query that is not ASCII (RFC 3986): Werkzeug would fail when a view reads it."""
    if not incoming.query_string.isascii():
        raise BadRequest("The query contains bytes that are not ASCII; percent-encode them.")


def current_caller() -> Caller | None:
    """The caller of the current request; None at an endpoint that needs no caller."""
    caller: Caller | None = g.get("caller")
    return caller


def _caller_of(access: Access, incoming: Request, now: Callable[[], datetime]) -> Recognised:
    """The caller of a request, by token, by session or by being on this machine. No other code decides this."""
    if not access.configured:
        from_elsewhere = any(name in incoming.headers for name in (*_PROXY_HEADERS, TOKEN_HEADER, "Authorization"))
        if is_local(incoming.remote_addr, incoming.headers.get("Host")) and not from_elsewhere:
            return _LOCAL_ADMIN
        raise Forbidden(
            "No callers are configured, so only requests from this machine to 127.0.0.1 or localhost are accepted, "
            "without a proxy and without a token. "
            "Set IMAGE_FACTORY_API_TOKENS or IMAGE_FACTORY_BACKSTAGE_URL to accept other callers."
        )
    tokens = incoming.headers.get(TOKEN_HEADER), incoming.headers.get("Authorization")
    try:
        found = recognise(access.tokens, access.backstage, *tokens)
    except WrongToken as error:
        raise _unauthorized(str(error)) from None
    except NotNow as error:
        raise ServiceUnavailable(
            # Without its cause: this is for everybody, and the cause names hosts of our network.
            "Backstage cannot be asked now whether this token is valid; try again later.",
            retry_after=delay_seconds(error.retry_at - now()) if error.retry_at else None,
        ) from error
    except OutsideFailure as error:
        raise ServiceUnavailable(
            "Backstage cannot be asked whether this token is valid, because of a setting of this service; its log "
            "says which."
        ) from error
    found = found or _by_session(access)
    if found is None:
        raise _unauthorized(
            f"Authenticate with {TOKEN_HEADER}: <service token> or Authorization: Bearer <service or Backstage token>."
        )
    return found


def _by_session(access: Access) -> Recognised | None:
    caller = signed_in(access.tokens) if access.tokens else None
    return Recognised(caller) if caller else None


def _check_page(access: Access, rules: EndpointRules, incoming: Request, public_url: str) -> None:
    """Refuse a request that changes something if a page of another site made the browser send it."""
    sent = SentHeaders(
        incoming.method,
        host=incoming.headers.get("Host"),
        origin=incoming.headers.get("Origin"),
        referer=incoming.headers.get("Referer"),
        fetch_site=incoming.headers.get("Sec-Fetch-Site"),
    )
    by_session = access.configured and current_caller() is not None and not _shows_token(incoming)
    needs_page = by_session or incoming.blueprint in rules.pages
    if reason := refusal(sent, public_url, needs_page=needs_page):
        _log.warning("refused %s %r: %s", incoming.method, incoming.path, reason)
        raise Forbidden(reason)


def _shows_token(incoming: Request) -> bool:
    return TOKEN_HEADER in incoming.headers or "Authorization" in incoming.headers


def is_local(remote: str | None, host: str | None) -> bool:
    """Whether a request comes from this machine and names it in the Host header.

    The Host header is checked because a page of another site can point its own name at 127.0.0.1 (DNS rebinding).
    """
    return _is_loopback(remote) and bool(_LOOPBACK_HOST.fullmatch(host or ""))


def _is_loopback(remote: str | None) -> bool:
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _needs_no_caller(access: Access, rules: EndpointRules, incoming: Request) -> bool:
    if incoming.endpoint in rules.public:
        return True
    return incoming.blueprint in rules.catalog and _opens_catalog(access, incoming)


def _may_sign_in(access: Access, rules: EndpointRules, incoming: Request) -> bool:
    """Whether signing in helps: a browser without a token opens a page, and service tokens are configured."""
    # Browsers list text/html; a client that accepts anything is a program, and gets 401.
    wants_page = incoming.method == "GET" and "text/html" in incoming.headers.get("Accept", "")
    opens_page = incoming.blueprint in rules.pages and wants_page
    return bool(rules.sign_in and access.tokens) and opens_page and not _shows_token(incoming)


def _opens_catalog(access: Access, incoming: Request) -> bool:
    if access.catalog_public:
        return True
    presented = incoming.args.get("token")
    return access.catalog_token is not None and presented is not None and same_secret(access.catalog_token, presented)


def _unauthorized(message: str) -> Unauthorized:
    return Unauthorized(message, www_authenticate=WWWAuthenticate("bearer", {"realm": "image-factory"}))
