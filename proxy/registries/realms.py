"""Which token servers a registry may name, and which of them get our credentials. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy, split_host
from proxy.http.origin import DEFAULT_PORTS
from proxy.http.printable import printable

KNOWN_REALMS: Mapping[str, str] = {
    "docker.elastic.co": "docker-auth.elastic.co",
    "docker.io": "auth.docker.io",
    "registry.digitalocean.com": "api.digitalocean.com",
    "registry.gitlab.com": "gitlab.com",
    "registry.suse.com": "scc.suse.com",
}
"""Hosted registries whose token server is another host, which their challenges name."""

# The region is the same in both names: registry.cn-hangzhou.aliyuncs.com, rg.fr-par.scw.cloud. Alibaba's documentation
# ("Allow the nodes of a cluster to access ...", ACK) lists `dockerauth` and `dockerauth-ee` with the region's own form.
_REGION = r"(?P<region>[a-z0-9-]+)"
_REGIONAL_REALMS = (
    (
        re.compile(rf"registry(?:-vpc|-intl)?\.{_REGION}\.aliyuncs\.com"),
        (
            "dockerauth.{region}.aliyuncs.com",
            "dockerauth-vpc.{region}.aliyuncs.com",
            "dockerauth-{region}.aliyuncs.com",
        ),
    ),
    (
        re.compile(rf"[a-z0-9-]+-registry(?:-vpc)?\.{_REGION}\.cr\.aliyuncs\.com"),
        (
            "dockerauth-ee.{region}.aliyuncs.com",
            "dockerauth-ee-vpc.{region}.aliyuncs.com",
            "dockerauth.{region}.aliyuncs.com",
            "dockerauth-vpc.{region}.aliyuncs.com",
            "dockerauth-{region}.aliyuncs.com",
        ),
    ),
    (re.compile(rf"rg\.{_REGION}\.scw\.cloud"), ("api.scaleway.com",)),
)


def credentials_may_go(realm: str, registry: str, trusted: Mapping[str, str]) -> bool:
    """Whether the realm's host may get the credentials for a registry's host.

    Every port of the registry's own host may: a token server often runs on the same host as its registry.

    Args:
        realm: the address in the challenge.
        registry: the registry's host, `docker.io` or `registry.example.com:5000`.
        trusted: registry host to realm host, in addition to the known ones; a host without a port means all its ports.
    """
    host = urlsplit(realm).netloc.lower()
    if host in _known_realms(registry):
        return True
    if any(_covers(listed, registry) and _covers(token_host, host) for listed, token_host in trusted.items()):
        return True
    return split_host(host)[0] == split_host(registry)[0]


def _known_realms(registry: str) -> frozenset[str]:
    if known := KNOWN_REALMS.get(registry):
        return frozenset({known})
    found = ((pattern.fullmatch(registry), realms) for pattern, realms in _REGIONAL_REALMS)
    return frozenset(realm.format(**match.groupdict()) for match, realms in found if match for realm in realms)


def _covers(listed: str, host: str) -> bool:
    """Whether `host[:port]` is the listed one; a listed host without a port means all its ports."""
    (name, port), (other, other_port) = split_host(listed), split_host(host)
    return name == other and port in {None, other_port or DEFAULT_PORTS["https"]}


def absolute_realm(realm: str, url: str) -> str:
    """The address of a realm: `/token` is on the host that sent the challenge, at `url`.

    An invalid address is returned as it is; `check_realm` refuses it, and the empty text for a realm that leads back to
    what was asked, where no token server is.
    """
    try:
        found = realm if urlsplit(realm).scheme else urljoin(url, realm)
        return "" if urlsplit(found)[:3] == urlsplit(url)[:3] else found
    except ValueError:
        return realm


def check_realm(realm: str, registry: str, policy: AddressPolicy) -> None:
    """Raise unless a token may be requested from the realm; the connection itself checks the host's addresses.

    Raises:
        AddressRefused: it is not an address, or not https and its host is not listed as insecure.
    """
    if not realm:
        raise AddressRefused(
            f"{registry} sends clients to the address they came from for a token; its WWW-Authenticate header is wrong"
        )
    try:
        parts = urlsplit(realm)
    except ValueError as error:
        raise AddressRefused(
            f"{registry} sends clients to an invalid address for a token; its WWW-Authenticate header is wrong"
        ) from error
    try:
        policy.allowed_scheme(parts.scheme, parts.netloc)
    except AddressRefused as error:
        raise AddressRefused(f"{registry} sends clients to {printable(realm)!r} for a token: {error}") from error
