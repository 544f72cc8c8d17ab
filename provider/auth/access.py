"""The guard: checks every request before any other code handles it."""

import ipaddress
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, Request, g, redirect, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    ServiceUnavailable,
    Unauthorized,
)
from werkzeug.wrappers import Response

from provider.auth.attempts import Attempts, refuse_too_many
from provider.auth.backstage import Backstage
from provider.auth.backstage_tokens import WrongToken
from provider.auth.browser_session import signed_in, signed_in_once
from provider.auth.callers import Caller, CallerRole, ServiceToken, identify, same_secret
from provider.auth.proxies.client_addresses import peer_of
from provider.auth.proxies.people_of_proxy import PeopleOfProxy
from provider.auth.recognition import TOKEN_HEADER, Recognised, recognise, with_password_as_token
from provider.auth.same_origin import SentHeaders, refusal
from provider.auth.sessions import MemorySessions, Sessions
from provider.auth.sign_in.group_rules import GroupRules
from provider.auth.sign_in.open_id_provider import OpenIdProvider
from provider.auth.sign_in.person import SignedInPerson
from provider.auth.start_token import StartToken
from proxy.errors import NotNow, OutsideFailure
from proxy.http.retry_after import delay_seconds
from proxy.observing.event_log import EventLog
from proxy.places import NoPlace
from proxy.secrets.secret import Secret

_log = EventLog(__name__)
_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
# A proxy on this machine connects from a loopback address for clients elsewhere. One of these headers shows it, or the
# protocol (nginx sends HTTP/1.0 unless proxy_http_version is set: nginx.org, ngx_http_proxy_module), or, for
# Backstage's proxy, the token of its client or a service token.
_PROXY_HEADERS = frozenset(
    (
        *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-host", "x-original-url"),
        *("true-client-ip", "cf-connecting-ip", "fastly-client-ip", "x-envoy-external-address", "proxy-connection"),
        *(TOKEN_HEADER.lower(), "authorization"),
    )
)
_FORWARDED = "x-forwarded"
# RFC 7519: header, claims and signature.
_JWT_DOTS = 2
_OLD_PROTOCOLS = ("HTTP/1", "HTTP/1.0", "HTTP/0.9")
_BUSY = "Too many requests wait for Backstage and other hosts at this moment; try again in a moment."
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
        sessions: the open sessions of browsers.
        start_token: signs in while no callers are configured; None: nobody signs in then.
        provider: where people sign in.
        groups: what the groups that it names permit.
        proxy: the proxy in front that signs people in; None: there is none.
    """

    tokens: tuple[ServiceToken, ...] = ()
    catalog_public: bool = False
    catalog_token: Secret | None = None
    backstage: Backstage | None = None
    admins: tuple[str, ...] = ()
    sessions: Sessions = field(default_factory=MemorySessions)
    start_token: StartToken | None = None
    provider: OpenIdProvider | None = None
    groups: GroupRules = field(default_factory=GroupRules)
    proxy: PeopleOfProxy | None = None

    @property
    def signs_in(self) -> bool:
        """Whether a browser can sign in."""
        return self.configured or self.start_token is not None

    @property
    def configured(self) -> bool:
        """Whether any authentication is configured."""
        return bool(self.tokens) or any((self.backstage, self.provider, self.proxy))

    def caller_of(self, person: SignedInPerson) -> Caller | None:
        """The caller that a person of a session is now; None without a role, or if the source is not configured now."""
        if self.backstage and person.source == self.backstage.url:
            return Caller(person.name, CallerRole.READ, person.groups)
        if self.provider and person.source == self.provider.issuer:
            return self.groups.caller(person.name, person.groups)
        return None


@dataclass(frozen=True, slots=True)
class EndpointRules:
    """Which endpoints need no caller, and which are pages for browsers.

    Attributes:
        public: endpoints that need no caller, because they are public or check a secret themselves.
        catalog: blueprints with catalog documents; `catalog_public` and `catalog_token` of `Access` apply to them.
        pages: blueprints with pages. A browser without a caller is redirected to `sign_in`, and a form is accepted only
            if a page of this service sent it.
        sign_in: the endpoint where a browser signs in with a service token; None: there is none.
        own_secrets: endpoints that programs call with secrets of their own: neither a caller nor the page that sent the
            request counts there.
        with_password: endpoints that only read, where a service token may also be the password of HTTP's Basic
            authentication, for programs that send no other header.
    """

    public: Collection[str]
    catalog: Collection[str]
    pages: Collection[str] = ()
    sign_in: str | None = None
    own_secrets: Collection[str] = ()
    with_password: Collection[str] = ()


def guard(app: Flask, access: Access, rules: EndpointRules, public_url: str, now: Callable[[], datetime]) -> None:
    """Check every request before any other code handles it.

    A request without a caller is 401. While no callers are configured, a request from another machine is 403. A wrong
    token is 401, even beside a right one, but not at an endpoint that needs no caller; after ten wrong tokens in five
    minutes more of them from the same address are 429. A browser that opens a page without a caller is redirected to
    the sign-in page. A request that changes something is 403 if a page of another site sent it; this applies to
    endpoints that need no caller too.

    Args:
        app: the application.
        access: the configured callers.
        rules: what each endpoint needs.
        public_url: the address under which people reach the service.
        now: returns the current time.
    """
    attempts = Attempts()

    @app.before_request
    def check() -> Response | None:
        g.access, g.caller, g.user, g.by_session, g.by_proxy = access, None, None, False, False
        _check_form(request)
        if _has_own_secret(app, rules, request):
            return None
        try:
            recognised = _caller_of(access, rules, request, now)
        except HTTPException as error:
            if _needs_no_caller(access, rules, request):
                _check_page(rules, request, public_url)
                return None
            if isinstance(error, Unauthorized) and _may_sign_in(access, rules, request):
                return redirect(url_for(rules.sign_in or "", next=request.full_path.removesuffix("?")))
            if isinstance(error, Unauthorized) and _is_a_guess(access, rules, request):
                refuse_too_many(attempts, request.remote_addr, now())
                attempts.failed(request.remote_addr, now())
            raise
        g.caller, g.user = recognised.caller, recognised.user
        g.by_session, g.by_proxy = recognised.by_session, recognised.by_proxy
        _check_page(rules, request, public_url)
        return None


def _has_own_secret(app: Flask, rules: EndpointRules, incoming: Request) -> bool:
    """Whether the address belongs to an endpoint that checks a secret itself; so it does for a wrong method (405)."""
    if not isinstance(incoming.routing_exception, MethodNotAllowed):
        return incoming.endpoint in rules.own_secrets
    adapter = app.create_url_adapter(incoming)
    try:
        return adapter is not None and adapter.match(method="POST")[0] in rules.own_secrets
    except HTTPException:
        return False


def _check_form(incoming: Request) -> None:
    """Refuse a request without Host (RFC 9112, section 3.2), or with a query that is not ASCII (RFC 3986).

    Werkzeug would fail when a view reads such a query.
    """
    if not incoming.headers.get("Host") and incoming.environ.get("SERVER_PROTOCOL") not in _OLD_PROTOCOLS:
        raise BadRequest("The request has no Host header.")
    if not incoming.query_string.isascii():
        raise BadRequest("The query contains bytes that are not ASCII; percent-encode them.")


def current_caller() -> Caller | None:
    """The caller of the current request; None at an endpoint that needs no caller."""
    caller: Caller | None = g.get("caller")
    return caller


def caller_name() -> str:
    """The name of the caller of the current request, as in the audit."""
    caller = current_caller()
    return caller.name if caller else "anonymous"


def session_caller() -> Caller | None:
    """The caller of the current request, if a session shows who it is, or the proxy in front."""
    return current_caller() if g.get("by_session") or g.get("by_proxy") else None


def _caller_of(access: Access, rules: EndpointRules, incoming: Request, now: Callable[[], datetime]) -> Recognised:
    """The caller of a request, by token, by session or by being on this machine. No other code decides this."""
    if not access.configured:
        if is_local(peer_of(incoming), incoming.headers.get("Host")) and not _came_by_proxy(incoming):
            return _LOCAL_ADMIN
        if access.start_token and (starter := signed_in_once(access.sessions, now())):
            return Recognised(starter, by_session=True)
        raise Forbidden(
            "No callers are configured, so only requests from this machine to 127.0.0.1 or localhost are accepted, "
            "by HTTP/1.1, without a proxy and without a token. Set IMAGE_FACTORY_API_TOKENS or "
            "IMAGE_FACTORY_BACKSTAGE_URL to accept other callers. Until then, sign in at /login with the token in the "
            "log of the service."
        )
    takes_password = incoming.endpoint in rules.with_password
    authorization = incoming.headers.get("Authorization")
    if takes_password and authorization is not None:
        authorization = with_password_as_token(authorization)
    try:
        found = recognise(access.tokens, access.backstage, incoming.headers.get(TOKEN_HEADER), authorization)
    except WrongToken as error:
        raise _unauthorized(str(error), takes_password=takes_password) from None
    except (NoPlace, OutsideFailure) as error:
        raise not_asked(error, now()) from error
    found = found or _by_proxy(access, incoming) or _by_session(access, now())
    if found is None and access.proxy and (person := access.proxy.person(incoming)):
        raise Forbidden(f"You are signed in as {person.name}, but none of your groups has a role here.")
    if found is None:
        raise _unauthorized(
            f"Authenticate with {TOKEN_HEADER}: <service token> or Authorization: Bearer <service or Backstage token>."
            + (" A feed reader takes a service token as the password, with any user name." if takes_password else ""),
            takes_password=takes_password,
        )
    return found


def not_asked(error: NoPlace | OutsideFailure, now: datetime) -> ServiceUnavailable:
    """The answer to a caller whose token Backstage could not be asked about; the failure stays its cause."""
    # Without the text of the failure: this is for everybody, and it names hosts of our network.
    if isinstance(error, NoPlace):
        return ServiceUnavailable(_BUSY, retry_after=error.retry_seconds)
    if isinstance(error, NotNow):
        return ServiceUnavailable(
            "Backstage cannot be asked now whether this token is valid; try again later.",
            retry_after=delay_seconds(error.retry_at - now) if error.retry_at else None,
        )
    return ServiceUnavailable(
        "Backstage cannot be asked whether this token is valid, because of a setting of this service; its log says "
        "which."
    )


def _by_proxy(access: Access, incoming: Request) -> Recognised | None:
    person = access.proxy.person(incoming) if access.proxy else None
    caller = access.groups.caller(f"proxy:{person.name}", person.groups) if person else None
    return Recognised(caller, by_proxy=True) if caller else None


def _by_session(access: Access, now: datetime) -> Recognised | None:
    caller = signed_in(access.tokens, access.sessions, access.caller_of, now)
    return Recognised(caller, by_session=True) if caller else None


def _came_by_proxy(incoming: Request) -> bool:
    names = (name.lower() for name, _ in incoming.headers)
    old = incoming.environ.get("SERVER_PROTOCOL") in _OLD_PROTOCOLS
    return old or any(name in _PROXY_HEADERS or name.startswith(_FORWARDED) for name in names)


def _is_a_guess(access: Access, rules: EndpointRules, incoming: Request) -> bool:
    """Whether a refused request may be a guess of a token, in a header or, for the catalog, in its address.

    A signed token cannot be guessed, and those of Backstage's users expire: many people share Backstage's address.
    """
    if incoming.blueprint in rules.catalog and "token" in incoming.args:
        return True
    service, authorization = incoming.headers.get(TOKEN_HEADER), incoming.headers.get("Authorization")
    signed = access.backstage is not None and authorization is not None and authorization.count(".") == _JWT_DOTS
    return (authorization is not None and not signed) or (
        service is not None and not identify(access.tokens, [service])
    )


def _check_page(rules: EndpointRules, incoming: Request, public_url: str) -> None:
    """Refuse a request that changes something if a page of another site made the browser send it."""
    sent = SentHeaders(
        incoming.method,
        host=incoming.headers.get("Host"),
        origin=incoming.headers.get("Origin"),
        referer=incoming.headers.get("Referer"),
        fetch_site=incoming.headers.get("Sec-Fetch-Site"),
    )
    needs_page = session_caller() is not None or incoming.blueprint in rules.pages
    if reason := refusal(sent, public_url, needs_page=needs_page):
        _log.warning(
            "request_refused",
            "refused {method} {path!r}: {reason}",
            method=incoming.method,
            path=incoming.path,
            reason=reason,
        )
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
    """Whether signing in helps: a browser without a token opens a page, and callers are configured."""
    # Browsers list text/html; a client that accepts anything is a program, and gets 401.
    wants_page = incoming.method == "GET" and "text/html" in incoming.headers.get("Accept", "")
    opens_page = incoming.blueprint in rules.pages and wants_page
    return bool(rules.sign_in and access.configured) and opens_page and not _shows_token(incoming)


def _opens_catalog(access: Access, incoming: Request) -> bool:
    if access.catalog_public:
        return True
    presented = incoming.args.get("token")
    return access.catalog_token is not None and presented is not None and same_secret(access.catalog_token, presented)


def _unauthorized(message: str, *, takes_password: bool = False) -> Unauthorized:
    schemes = ("basic", "bearer") if takes_password else ("bearer",)
    challenges = [WWWAuthenticate(scheme, {"realm": "image-factory"}) for scheme in schemes]
    return Unauthorized(message, www_authenticate=challenges)
