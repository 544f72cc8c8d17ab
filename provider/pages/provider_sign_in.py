"""Signing in at an OpenID Connect provider: the browser goes there, and comes back with a code."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, g, make_response, redirect, request
from werkzeug.exceptions import NotFound, ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from provider.auth.access import Access
from provider.auth.browser_session import sign_in_person
from provider.auth.sign_in.code_exchange import error_code
from provider.auth.sign_in.open_id_provider import OpenIdProvider, SignInFailed
from provider.auth.sign_in.pending import VALID_FOR, PendingSignIn, begin_sign_in, take_sign_in
from provider.auth.sign_in.person import SignedInPerson
from provider.auth.strict_query import judges_its_query, takes
from provider.pages.rendering import rendered
from provider.pages.safe_redirect import local_path
from provider.services.auditing import audit, outcome_of
from proxy.errors import NotNow, OutsideFailure
from proxy.http.retry_after import delay_seconds
from proxy.observing.event_log import EventLog

AT_PROVIDER = "sign_in_provider"
"""The blueprint's name."""

CALLBACK = "/login/callback"
"""Where the provider sends browsers back: a path of the public address, which the provider has to know."""

OPEN_TO_PROVIDER = frozenset({f"{AT_PROVIDER}.begin", f"{AT_PROVIDER}.come_back"})
"""Endpoints that need no caller."""

_log = EventLog(__name__)
_MOST_GROUPS = 20
_NOT_BEGUN = (
    "This browser did not begin this sign-in, or more than ten minutes ago, or it was used already. If it happens "
    "again, open {url} and sign in there, and let the browser keep cookies."
)


def provider_sign_in_pages(access: Access, public_url: str, now: Callable[[], datetime]) -> Blueprint:
    """The blueprint for /login/provider and /login/callback."""
    blueprint = Blueprint(AT_PROVIDER, __name__)

    def configured() -> OpenIdProvider:
        if access.provider is None:
            raise NotFound("Signing in at a provider is not available: none is configured.")
        return access.provider

    @blueprint.get("/login/provider")
    @takes("next", "again")
    def begin() -> AnyResponse:
        provider = configured()
        proofs = begin_sign_in(local_path(request.args.get("next"), "/"), now())
        try:
            address = provider.begin(proofs, again=request.args.get("again") == "true")
        except OutsideFailure as error:
            raise _not_asked(provider, error, now()) from error
        return redirect(address)

    @blueprint.get(CALLBACK)
    @judges_its_query
    def come_back() -> AnyResponse:
        provider = configured()
        state = request.args.get("state", "")
        pending = take_sign_in(state, now())
        if pending is None or not access.sessions.use(state, now(), now() + VALID_FOR):
            return _refused(_NOT_BEGUN.format(url=public_url), "/", HTTPStatus.BAD_REQUEST)
        try:
            person = _person(provider, pending)
        except SignInFailed as error:
            return _refused(str(error), pending.next_page, HTTPStatus.FORBIDDEN)
        except OutsideFailure as error:
            raise _not_asked(provider, error, now()) from error
        return _opened(access, provider, person, pending.next_page, now())

    return blueprint


def _person(provider: OpenIdProvider, pending: PendingSignIn) -> SignedInPerson:
    code = request.args.get("code")
    if code is None or "error" in request.args:
        # Its code alone: the other texts of the address may be anybody's.
        raise SignInFailed(f"{provider.name} did not sign you in ({error_code(request.args.get('error'))}).")
    return provider.finish(code, request.args.get("iss"), pending.proofs)


def _opened(
    access: Access, provider: OpenIdProvider, person: SignedInPerson, next_page: str, now: datetime
) -> AnyResponse:
    """Open a session, if the person has a role here."""
    g.caller = access.caller_of(person)
    if g.caller is None:
        _log.warning(
            "signed_in_without_role",
            "{person} signed in at {issuer}, and no group of this person has a role",
            person=person.name,
            issuer=provider.issuer,
        )
        shown = person.name.partition(":")[2]
        message = f"You are signed in at {provider.name} as {shown}, but none of your groups has a role here."
        page = rendered(
            "not_signed_in.html",
            heading="No access",
            message=message,
            without_role=True,
            provider=provider.name,
            groups=sorted(person.groups)[:_MOST_GROUPS],
            next_page=next_page,
        )
        return make_response(page, HTTPStatus.FORBIDDEN)
    sign_in_person(access.sessions, person, now)
    audit("sign-in", CALLBACK, outcome_of(HTTPStatus.FOUND))
    _log.info("signed_in", "{person} signed in at {issuer}", person=person.name, issuer=provider.issuer)
    return redirect(next_page)


def _refused(message: str, next_page: str, status: HTTPStatus) -> AnyResponse:
    page = rendered("not_signed_in.html", heading="Not signed in", message=message, next_page=next_page)
    return make_response(page, status)


def _not_asked(provider: OpenIdProvider, error: OutsideFailure, now: datetime) -> ServiceUnavailable:
    _log.warning("sign_in_failed", "signing in at {issuer}: {error}", issuer=provider.issuer, error=error)
    # Without the text of the failure: this is for everybody, and it names hosts of our network.
    if isinstance(error, NotNow):
        return ServiceUnavailable(
            f"{provider.name} cannot be asked now; try to sign in again in a moment.",
            retry_after=delay_seconds(error.retry_at - now) if error.retry_at else None,
        )
    return ServiceUnavailable(
        f"{provider.name} cannot be used, because of a setting of this service or of the provider; the log of this "
        "service says which."
    )
