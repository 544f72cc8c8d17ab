"""Which requests leave through a proxy, by the setting or by the environment. Pure."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from proxy.errors import InvalidSetting
from proxy.http.origin import DEFAULT_PORTS
from proxy.secrets.secret import Secret

_EXAMPLE = "write for example http://proxy.example.com:3128"


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """A proxy.

    Attributes:
        scheme: the protocol to the proxy itself.
        host: its name; an IPv6 address without brackets.
        port: its port.
        login: `user:password`; None: it needs none.
    """

    scheme: Literal["http", "https"]
    host: str
    port: int
    login: Secret | None = None

    @classmethod
    def parse(cls, text: str) -> "ProxyAddress":
        """`http://[user:password@]host[:port]`; without `http://` too, as the variables of the environment have it.

        Raises:
            InvalidSetting: the text is not that; the message does not repeat it, because it may have a password.
        """
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            host, port = parts.hostname, parts.port
        except ValueError:
            raise InvalidSetting(f"this is not the address of a proxy; {_EXAMPLE}") from None
        if not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise InvalidSetting(f"this is not the address of a proxy; {_EXAMPLE}")
        login = parts.netloc.rpartition("@")[0]
        found = Secret(unquote(login)) if login else None
        match parts.scheme:
            case "http":
                return cls("http", host, port or DEFAULT_PORTS["http"], found)
            case "https":
                return cls("https", host, port or DEFAULT_PORTS["https"], found)
            case scheme:
                raise InvalidSetting(f"a proxy that is reached by {scheme} is not supported; {_EXAMPLE}")

    @property
    def url(self) -> str:
        """Its address without the login."""
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What of it must be shown nowhere."""
        if self.login is None:
            return ()
        password = self.login.reveal().partition(":")[2]
        return (self.login, Secret(password)) if password else (self.login,)


@dataclass(frozen=True, slots=True)
class Egress:
    """The proxies by which requests leave.

    Attributes:
        https: for https; None: directly.
        http: for plain http; None: directly.
        no_proxy: hosts that are asked directly, as the variable NO_PROXY has them: a name, which stands for the names
            below it too; `.name`, for those alone; `host:port`; an IP address, or a range of them (10.0.0.0/8); `*`,
            for all.
    """

    https: ProxyAddress | None = None
    http: ProxyAddress | None = None
    no_proxy: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, setting: ProxyAddress | None, environ: Mapping[str, str]) -> "Egress":
        """The proxy of the setting for all requests, else those of the environment; NO_PROXY holds in both cases.

        A variable in lower case is preferred, as curl and git do.

        Raises:
            InvalidSetting: a variable has no address of a proxy; the message names it.
        """
        direct = tuple(filter(None, (part.strip() for part in _variable(environ, "no_proxy")[1].split(","))))
        if setting:
            return cls(setting, setting, direct)
        return cls(_named(environ, "https_proxy"), _named(environ, "http_proxy"), direct)

    def __bool__(self) -> bool:
        """Whether any request leaves through a proxy."""
        return bool(self.https or self.http)

    def proxy_of(self, scheme: str, host: str, port: int) -> ProxyAddress | None:
        """The proxy for a host; None if it is asked directly, as this machine and metadata servers always are.

        Args:
            scheme: of the request; ssh never has a proxy.
            host: its name or IP address, without brackets.
            port: its port.
        """
        proxy = {"https": self.https, "http": self.http}.get(scheme)
        name = host.lower().rstrip(".")
        if proxy is None or name == "localhost" or _is_near(name):
            return None
        return None if any(_stands_for(each.lower(), name, port) for each in self.no_proxy) else proxy

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What of the proxies must be shown nowhere."""
        return tuple(secret for proxy in {self.https, self.http} if proxy for secret in proxy.secrets)


def _variable(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """The name and value of a variable in lower or upper case."""
    return next(((each, environ[each]) for each in (name, name.upper()) if environ.get(each)), (name, ""))


def _named(environ: Mapping[str, str], name: str) -> ProxyAddress | None:
    found, text = _variable(environ, name)
    if not text:
        found, text = _variable(environ, "all_proxy")
    try:
        return ProxyAddress.parse(text) if text else None
    except InvalidSetting as error:
        raise InvalidSetting(f"{found}: {error}") from None


def _is_near(name: str) -> bool:
    """Whether it is an address that means another machine, or none, where the proxy is."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local


def _stands_for(entry: str, name: str, port: int) -> bool:
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(name) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass
    host, colon, number = entry.rpartition(":")
    if colon and number.isdigit() and (":" not in host or host.startswith("[")):
        if int(number) != port:
            return False
        entry = host.strip("[]")
    entry = entry.removeprefix("*").rstrip(".")
    return name.endswith(entry) if entry.startswith(".") else name == entry or name.endswith(f".{entry}")
