"""The guard at the door: every request passes it before anything else looks at it."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask, Request, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from provider.auth.callers import Caller, CallerRole, ServiceToken, identify, same_secret
from proxy.credentials import Secret

TOKEN_HEADER = "X-Image-Factory-Token"  # noqa: S105 - the header's name, no secret
_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_LOCAL_ADMIN = Caller("local", CallerRole.ADMIN)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in, as the settings say.

    Attributes:
        tokens: empty: nothing is configured, and only this machine is served.
        catalog_public: the catalog documents are for everybody.
        catalog_token: opens the catalog documents as `?token=`, and nothing else.
    """

    tokens: tuple[ServiceToken, ...] = ()
    catalog_public: bool = False
    catalog_token: Secret | None = None

    @property
    def configured(self) -> bool:
        """Whether anybody can be told from anybody else."""
        return bool(self.tokens)


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
    """Let no request further that may not: 401 without a caller, 403 from elsewhere while nothing is configured."""

    @app.before_request
    def check() -> None:
        caller = _caller(access, request)
        g.caller = caller
        if caller is None and not _is_open(access, doors, request):
            raise _refusal(access)


def current_caller() -> Caller | None:
    """Who makes the request at hand; None at an open door."""
    caller: Caller | None = g.get("caller")
    return caller


def _caller(access: Access, asking: Request) -> Caller | None:
    """The one place that makes a caller out of a request, whichever way they show who they are."""
    if access.configured:
        return identify(access.tokens, _presented(asking))
    return _LOCAL_ADMIN if is_local(asking.remote_addr, asking.headers.get("Host")) else None


def _presented(asking: Request) -> list[str]:
    texts = asking.headers.getlist(TOKEN_HEADER)
    authorization = asking.authorization
    if authorization is not None and authorization.type == "bearer" and authorization.token:
        texts.append(authorization.token)
    return texts


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


def _refusal(access: Access) -> Forbidden | Unauthorized:
    if not access.configured:
        return Forbidden(
            "No callers are configured, so only this machine is served, at 127.0.0.1 or localhost. "
            "Set IMAGE_FACTORY_API_TOKENS to let others in."
        )
    return Unauthorized(
        f"Send a service token as {TOKEN_HEADER}, or as Authorization: Bearer.",
        www_authenticate=WWWAuthenticate("bearer", {"realm": "image-factory"}),
    )
