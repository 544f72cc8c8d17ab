"""How git reaches its servers by https and http: the egress proxy, authorities and client certificates. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from provider.git.addresses import GitAddress
from provider.git.environment import with_config
from proxy.http.egress import Egress, ProxyAddress
from proxy.http.origin import WEB_PORTS
from proxy.http.trust import NO_CLIENT_CERTIFICATES, ClientCertificates, TrustedCertificates


@dataclass(frozen=True, slots=True)
class GitNetwork:
    """The network of the service, as variables of git.

    Attributes:
        egress: the proxies.
        trusted: the certificates that servers may have; None: those that git itself trusts.
        clients: certificates for servers that ask for one.
    """

    egress: Egress = field(default_factory=Egress)
    trusted: TrustedCertificates | None = None
    clients: ClientCertificates = NO_CLIENT_CERTIFICATES

    def applied(self, environment: Mapping[str, str], address: GitAddress) -> dict[str, str]:
        """Git's environment with the network for one address.

        Sources: git help config, http.proxy; git help git and http.c (git 2.39): variables for certificates override
        the configuration, so the setting is one too.
        """
        if address.protocol not in WEB_PORTS:
            return dict(environment)
        parts = urlsplit(address.text)
        host, port = parts.hostname or "", parts.port or WEB_PORTS[address.protocol]
        proxied = with_config(environment, _proxied(self.egress.proxy_of(address.protocol, host, port)))
        return {**proxied, **_trusting(self.trusted), **self._identified(host, port)}

    def _identified(self, host: str, port: int) -> Mapping[str, str]:
        client = self.clients.of(host, port)
        return {"GIT_SSL_CERT": str(client.certificate), "GIT_SSL_KEY": str(client.key)} if client else {}


def _proxied(proxy: ProxyAddress | None) -> list[tuple[str, str]]:
    if proxy is None:
        # An empty one is not the same as none: git then asks no proxy at all.
        return [("http.proxy", "")]
    user, colon, password = proxy.login.reveal().partition(":") if proxy.login else ("", "", "")
    login = f"{quote(user, safe='')}{colon}{quote(password, safe='')}@" if user else ""
    return [("http.proxy", proxy.url.replace("://", f"://{login}", 1)), ("http.proxyAuthMethod", "basic")]


def _trusting(trusted: TrustedCertificates | None) -> Mapping[str, str]:
    if trusted is None:
        return {}
    names = ("GIT_SSL_CAINFO", "GIT_PROXY_SSL_CAINFO") if trusted.file else ()
    return {
        **dict.fromkeys(names, str(trusted.file)),
        **({"GIT_SSL_CAPATH": str(trusted.folder)} if trusted.folder else {}),
    }
