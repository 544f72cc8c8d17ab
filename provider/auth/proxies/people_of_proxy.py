"""People whom a proxy in front has signed in, by the headers that it sets."""

from dataclasses import dataclass

from flask import Request

from provider.auth.callers import same_secret
from provider.auth.proxies.client_addresses import peer_of
from provider.auth.proxies.trusted_proxies import TrustedProxies
from provider.auth.sign_in.claims import MOST_GROUPS, printable_name
from proxy.secrets.secret import Secret

SECRET_HEADER = "X-Image-Factory-Proxy-Secret"  # noqa: S105 - the header's name, no secret


@dataclass(frozen=True, slots=True)
class PersonOfProxy:
    """Whom the proxy names."""

    name: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class PeopleOfProxy:
    """The headers that count, and from whom; everybody else may write them and gains nothing.

    Attributes:
        user_header: has the name of the person.
        groups_header: has the groups, with commas between them; None: there are none.
        proxies: the addresses from which it counts; without any, from those that know the secret.
        secret: what the proxy sends in `SECRET_HEADER`; None: the address alone counts.
    """

    user_header: str
    groups_header: str | None
    proxies: TrustedProxies
    secret: Secret | None

    def person(self, incoming: Request) -> PersonOfProxy | None:
        """The person of a request; None without one, and from anybody else."""
        if not self._sent(incoming):
            return None
        # Several values are those of a client and of the proxy, or of a proxy that is not set up.
        values = incoming.headers.getlist(self.user_header)
        name = printable_name(values[0]) if len(values) == 1 else ""
        if not name or "," in name:
            return None
        listed = incoming.headers.get(self.groups_header, "") if self.groups_header else ""
        groups = [group.strip() for group in listed.split(",") if group.strip()]
        return PersonOfProxy(name, frozenset(groups[:MOST_GROUPS]))

    def _sent(self, incoming: Request) -> bool:
        if self.secret is not None and not same_secret(self.secret, incoming.headers.get(SECRET_HEADER, "")):
            return False
        return self.proxies.include(peer_of(incoming)) or (self.secret is not None and not self.proxies.networks)
