"""Where a registry may send us for a token, and whether our credentials go along. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy, split_host
from proxy.secrets.redaction import printable

KNOWN_REALMS: dict[str, str] = {"docker.io": "auth.docker.io", "registry.gitlab.com": "gitlab.com"}
"""Registries whose tokens come from another host (facts: Docker's and GitLab's documentation of their registries)."""


def credentials_may_go(realm: str, registry: str, trusted: Mapping[str, str]) -> bool:
    """Whether the realm's host may see the credentials for a registry's host.

    Any port of the registry's own host may: a token server often stands beside its registry.

    Args:
        realm: the address in the challenge.
        registry: the registry's host, `docker.io` or `registry.example.com:5000`.
        trusted: further pairs of registry host and realm host, beside `KNOWN_REALMS`.
    """
    host = (urlsplit(realm).netloc or "").lower()
    if host and host in {KNOWN_REALMS.get(registry), trusted.get(registry)}:
        return True
    return split_host(host)[0] == split_host(registry)[0]


def check_realm(realm: str, registry: str, policy: AddressPolicy) -> None:
    """Pass where the realm may be asked at all; the address itself is judged when it is connected to.

    Raises:
        AddressRefused: it is no https address, or plain http of a host that is not listed.
    """
    parts = urlsplit(realm)
    try:
        policy.allowed_scheme(parts.scheme, parts.netloc)
    except AddressRefused as error:
        raise AddressRefused(f"{registry} sends for a token to {printable(realm)!r}: {error}") from error
