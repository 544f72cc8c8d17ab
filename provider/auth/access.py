"""The guard at the door: every request passes it before anything else looks at it."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask, Request, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, HTTPException, ServiceUnavailable, Unauthorized

from provider.auth.backstage import Backstage
from provider.auth.backstage_tokens import WrongToken
from provider.auth.callers import Caller, CallerRole, ServiceToken, same_secret
from provider.auth.keys import PAUSE
from provider.auth.recognition import TOKEN_HEADER, Recognised, recognise
from proxy.credentials import Secret
from proxy.errors import ProxyError

_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_LOCAL_ADMIN = Recognised(Caller("local", CallerRole.ADMIN))


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in, as the settings say.

    Attributes:
        tokens: the service tokens. Without them and a Backstage nothing is configured, and only this machine is served.
        catalog_public: the catalog documents are for everybody.
        catalog_token: opens the catalog documents as `?token=`, and nothing else.
        backstage: whose users may call.
        admins: references of groups and users who may do everything.
    """

    tokens: tuple[ServiceToken, ...] = ()
    catalog_public: bool = False
    catalog_token: Secret | None = None
    backstage: Backstage | None = None
    admins: tuple[str, ...] = ()

    @property
    def configured(self) -> bool:
        """Whether anybody can be told from anybody else."""
        return bool(self.tokens) or self.backstage is not None


@dataclass(frozen=True, slots=True)
class Doors:
    """Endpoints that do not need a caller.

    Attributes:
        public: open for everybody, or guarded by a secret of their own.
        catalog: names of the blueprints whose documents the catalog's rules open.
    """

    public: Collection[str]
    catalog: Collection[str]


def guard(app: Flask, access: Access, doors: Doors) -> None:
    """Let no request further that may not: 401 without a caller, 403 from elsewhere while nothing is configured.

    A wrong token is 401 too, whatever stands beside it, but not at an open door, where nobody needs one.
    """

    @app.before_request
    def check() -> None:
        g.access, g.caller, g.user = access, None, None
        try:
            recognised = _recognised(access, request)
        except HTTPException:
            if not _is_open(access, doors, request):
                raise
        else:
            g.caller, g.user = recognised.caller, recognised.user


def current_caller() -> Caller | None:
    """Who makes the request at hand; None at an open door."""
    caller: Caller | None = g.get("caller")
    return caller


def _recognised(access: Access, asking: Request) -> Recognised:
    """The one place that makes a caller out of a request, whichever way they show who they are."""
    if not access.configured:
        if is_local(asking.remote_addr, asking.headers.get("Host")):
            return _LOCAL_ADMIN
        raise Forbidden(
            "No callers are configured, so only this machine is served, at 127.0.0.1 or localhost. "
            "Set IMAGE_FACTORY_API_TOKENS or IMAGE_FACTORY_BACKSTAGE_URL to let others in."
        )
    shown = asking.headers.get(TOKEN_HEADER), asking.headers.get("Authorization")
    try:
        found = recognise(access.tokens, access.backstage, *shown)
    except WrongToken as error:
        raise _unauthorized(str(error)) from None
    except ProxyError:
        raise ServiceUnavailable(
            "Backstage cannot be asked now whether this token is right; try again in a few seconds.",
            retry_after=int(PAUSE.total_seconds()),
        ) from None
    if found is None:
        raise _unauthorized(
            f"Send a service token as {TOKEN_HEADER}, or one or a Backstage user's as Authorization: Bearer."
        )
    return found


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


def _opens_catalog(access: Access, asking: Request) -> bool:
    if access.catalog_public:
        return True
    presented = asking.args.get("token")
    return access.catalog_token is not None and presented is not None and same_secret(access.catalog_token, presented)


def _unauthorized(message: str) -> Unauthorized:
    return Unauthorized(message, www_authenticate=WWWAuthenticate("bearer", {"realm": "image-factory"}))
