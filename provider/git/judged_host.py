"""Decides whether git may connect to an address, from its form, its protocol and the IP addresses of its host."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from provider.git.addresses import GitAddress, InvalidGitAddress
from provider.git.environment import with_config
from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy
from proxy.http.origin import DEFAULT_PORTS


@dataclass(frozen=True, slots=True)
class JudgedAddress:
    """An address that git may connect to.

    Attributes:
        address: the address as it is passed to git.
        host: the name of its host.
        port: its port.
        found: the IP addresses of the host that the policy allows; git connects only to these. Empty: it is asked
            through a proxy, which resolves its name.
    """

    address: GitAddress
    host: str
    port: int
    found: tuple[str, ...]


def judged(text: str, policy: AddressPolicy) -> JudgedAddress:
    """Judge an address: https or ssh, or http for hosts that the policy lists; its IP addresses must be allowed.

    Where a proxy resolves its name, only an IP address that is written in it can be judged.

    Raises:
        AddressRefused: it is not allowed.
        Unavailable: its host does not resolve.
    """
    address = allowed(text, policy)
    if address.protocol not in DEFAULT_PORTS:
        raise AddressRefused(
            f"{address.text}: a folder of this machine cannot be a source; write an https or ssh address"
        )
    host, port = _host_and_port(address)
    if policy.egress.proxy_of(address.protocol, host, port):
        policy.check_name(host, port)
        return JudgedAddress(address, host, port, ())
    return JudgedAddress(address, host, port, tuple(policy.addresses(host, port)))


def allowed(text: str, policy: AddressPolicy) -> GitAddress:
    """The address, if its form and protocol are allowed; the IP addresses of its host are not checked.

    Raises:
        AddressRefused: git may not use this address.
    """
    try:
        return GitAddress.parse(text, policy.insecure_registries)
    except InvalidGitAddress as error:
        raise AddressRefused(str(error)) from error


def pinned(place: JudgedAddress, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which git connects only to the judged IP addresses, even if the name resolves to others later.

    With ssh the host key is still looked up by the host's name. Sources: git-config(1), http.curloptResolve (git 2.37
    and later); ssh_config(5), HostName and HostKeyAlias (known_hosts has `[host]:port` for other ports than 22).
    """
    if not place.found or place.host in place.found:
        return dict(environment)
    if place.address.protocol == "ssh":
        alias = place.host if place.port == DEFAULT_PORTS["ssh"] else f"[{place.host}]:{place.port}"
        options = shlex.join((f"-oHostName={place.found[0]}", f"-oHostKeyAlias={alias}"))
        return {**environment, "GIT_SSH_COMMAND": f"{environment['GIT_SSH_COMMAND']} {options}"}
    found = ",".join(f"[{each}]" if ":" in each else each for each in place.found)
    return with_config(environment, [("http.curloptResolve", f"{place.host}:{place.port}:{found}")])


def _host_and_port(address: GitAddress) -> tuple[str, int]:
    scp_like = "://" not in address.text
    where = f"ssh://{address.text.partition(':')[0]}" if scp_like else address.text
    try:
        parts = urlsplit(where)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise AddressRefused("the host of this address is not valid; write https://host/path")
    return host, port or DEFAULT_PORTS[address.protocol]
