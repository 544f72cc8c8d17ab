"""The cases of same-origin checks: requests that change something, with the headers of browsers and programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

HTTPS = "https://factory.example"
HTTP = "http://factory.example:8080"
LOCAL = "http://127.0.0.1:8080"
IPV6 = "http://[2001:db8::1]:8080"


class PageKind(Enum):
    """The page that the headers name: a page of this service, a page of another site, or none."""

    OURS = auto()
    ELSEWHERE = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One request.

    Attributes:
        name: what the row tests.
        kind: the page that the headers name.
        public_url: the address under which people reach the service.
        host: the Host header, which a proxy may have replaced.
        origin, referer, site: the headers Origin, Referer and Sec-Fetch-Site; None: not sent.
    """

    name: str
    kind: PageKind
    public_url: str = HTTPS
    host: str = "factory.example"
    origin: str | None = None
    referer: str | None = None
    site: str | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that name the page, without those that are not sent."""
        named = {"Origin": self.origin, "Referer": self.referer, "Sec-Fetch-Site": self.site}
        return {name: value for name, value in named.items() if value is not None}


OURS, ELSEWHERE, NONE = PageKind.OURS, PageKind.ELSEWHERE, PageKind.NONE
EVIL = "https://evil.example"
DOTTED = "https://factory.example."
ROWS = (
    Row("nothing is sent", NONE),
    Row("site none, by the user's hand", NONE, site="none"),
    Row("own origin and site", OURS, origin=HTTPS, site="same-origin"),
    Row("own site without an origin", OURS, site="same-origin"),
    Row("own site under another name of ours", OURS, LOCAL, "a:8080", "http://localhost:8080", site="same-origin"),
    Row("own site behind a proxy that hides the name", OURS, LOCAL, "backend:80", HTTPS, site="same-origin"),
    Row("own site and a hidden origin", OURS, origin="null", site="same-origin"),
    Row("own origin without a site", OURS, origin=HTTPS),
    Row("own origin and site none", OURS, origin=HTTPS, site="none"),
    Row("own origin, but another site", ELSEWHERE, origin=HTTPS, site="cross-site"),
    Row("own origin, but another host of the site", ELSEWHERE, origin=HTTPS, site="same-site"),
    Row("another site without an origin", ELSEWHERE, site="cross-site"),
    Row("a host of the same site without an origin", ELSEWHERE, site="same-site"),
    Row("a site that no browser knows", ELSEWHERE, origin=HTTPS, site="x"),
    Row("an own site in upper case", ELSEWHERE, origin=HTTPS, site="Same-Origin"),
    Row("an empty site", ELSEWHERE, origin=HTTPS, site=""),
    Row("another origin", ELSEWHERE, origin=EVIL),
    Row("another origin and site none", ELSEWHERE, origin=EVIL, site="none"),
    Row("another origin and an own referer", ELSEWHERE, origin=EVIL, referer=f"{HTTPS}/"),
    Row("a hidden origin", ELSEWHERE, origin="null"),
    Row("a hidden origin and an own referer", ELSEWHERE, origin="null", referer=f"{HTTPS}/"),
    Row("an empty origin", ELSEWHERE, origin=""),
    Row("an extension's origin", ELSEWHERE, origin="chrome-extension://abcdefgh"),
    Row("a file's origin", ELSEWHERE, origin="file://"),
    Row("the default port in the origin", OURS, origin=f"{HTTPS}:443"),
    Row("the default port in the public address", OURS, f"{HTTPS}:443", origin=HTTPS),
    Row("another port", ELSEWHERE, origin=f"{HTTPS}:8443"),
    Row("another port by http", ELSEWHERE, HTTP, "factory.example:8080", "http://factory.example:81"),
    Row("no port where ours has one", ELSEWHERE, HTTP, "factory.example:8080", "http://factory.example"),
    Row("a port that is none", ELSEWHERE, origin=f"{HTTPS}:99999"),
    Row("http where ours is https", ELSEWHERE, origin="http://factory.example"),
    Row("http at the port that was asked where ours is https", ELSEWHERE, host="a:8080", origin="http://a:8080"),
    Row("https where ours is http", ELSEWHERE, "http://factory.example", origin=HTTPS),
    Row("a host that begins with ours", ELSEWHERE, origin=f"{HTTPS}.evil.example"),
    Row("a host that ends with ours", ELSEWHERE, origin="https://evil-factory.example"),
    Row("a host below ours", ELSEWHERE, origin="https://x.factory.example"),
    Row("behind a proxy that replaces Host", OURS, host="image-factory:8080", origin=HTTPS),
    Row("behind such a proxy from elsewhere", ELSEWHERE, host="image-factory:8080", origin=EVIL),
    Row("behind such a proxy, its own host by http", ELSEWHERE, host="backend:80", origin="http://backend"),
    Row("the address that was asked", OURS, LOCAL, "10.0.0.5:8080", "http://10.0.0.5:8080"),
    Row("another port of the address that was asked", ELSEWHERE, LOCAL, "10.0.0.5:8080", "http://10.0.0.5:9090"),
    Row("IPv6", OURS, IPV6, "[2001:db8::1]:8080", IPV6),
    Row("IPv6 in its long form", OURS, "http://[2001:DB8:0:0:0:0:0:1]:8080", "backend:80", IPV6),
    Row("another IPv6 address", ELSEWHERE, IPV6, "[2001:db8::1]:8080", "http://[2001:db8::2]:8080"),
    Row("IPv6 that does not end", ELSEWHERE, IPV6, "[2001:db8::1]:8080", "http://[2001:db8::1"),
    Row("upper case in the origin", OURS, origin="HTTPS://Factory.Example"),
    Row("upper case in the public address", OURS, "https://Factory.EXAMPLE", "backend:80", HTTPS),
    Row("a dot at the end, as it was asked", OURS, host="factory.example.", origin=DOTTED),
    Row("a dot at the end, which was not asked", ELSEWHERE, origin=DOTTED),
    Row("a path in the origin", ELSEWHERE, origin=f"{HTTPS}/path"),
    Row("a user in the origin", ELSEWHERE, origin="https://factory.example@evil.example"),
    Row("ours as the user", ELSEWHERE, origin="https://evil.example#@factory.example"),
    Row("two origins", ELSEWHERE, origin=f"{HTTPS}, {EVIL}"),
    Row("an own referer alone", OURS, referer=f"{HTTPS}/images/app?page=2"),
    Row("an own referer and site none", OURS, referer=f"{HTTPS}/images", site="none"),
    Row("another referer alone", ELSEWHERE, referer=f"{EVIL}/?{HTTPS}/"),
    Row("a referer that is no address", ELSEWHERE, referer="factory.example"),
)
