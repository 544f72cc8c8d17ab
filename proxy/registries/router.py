"""All registries behind one port: requests for a reference go to the client of its host."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from catalog.reference import Digest, ImageReference, canonical_registry
from proxy.deadline import Deadline
from proxy.http.budgets.allowance import MakeAllowance, OwnAllowance
from proxy.http.budgets.breaker import HostPause
from proxy.http.budgets.budget import Budget, RequestLimit
from proxy.http.transport import Transport
from proxy.ports import CheckedDigest, Configuration, Manifest, Referrer, Registry, Unchanged, Wanted
from proxy.registries.endpoints import Endpoint
from proxy.registries.known_hosts import limits_of
from proxy.registries.session import Session
from proxy.registries.table import REGISTRIES, RegistryFactory
from proxy.secrets.registry_credentials import RegistryCredentials


class Registries:
    """The registry of each reference. Clients are created when first needed. Safe to use from many threads.

    Args:
        transport: sends the requests; its policy says which hosts may be reached (mirrors must be listed, see
            `AddressPolicy.with_mirrors`).
        credentials: by registry host; requests to a mirror use the credentials of the mirror's host.
        mirrors: registry host to the address that is used instead (`docker.io` to `http://127.0.0.1:5000`).
        trusted_realms: registry host to a token server's host that may get its credentials, besides the known ones.
        make_allowance: gives each host its rate: of this process alone, or of all that share it.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: RegistryCredentials,
        *,
        mirrors: Mapping[str, str] | None = None,
        trusted_realms: Mapping[str, str] | None = None,
        make_allowance: MakeAllowance = OwnAllowance,
    ) -> None:
        self._transport = transport
        self._credentials = credentials
        self._mirrors = {
            canonical_registry(host): Endpoint.of_mirror(host, address) for host, address in (mirrors or {}).items()
        }
        self._trusted = dict(trusted_realms or {})
        self._make_allowance = make_allowance
        self._lock = threading.Lock()
        self._clients: dict[str, Registry] = {}
        self._sessions: dict[str, Session] = {}
        self._budgets: dict[str, Budget] = {}

    def of(self, reference: ImageReference) -> Registry:
        """The client of the reference's registry."""
        host = canonical_registry(reference.registry)
        with self._lock:
            client = self._clients.get(host)
            if client is None:
                client = self._clients[host] = self._open(host)
            return client

    def session(self, reference: ImageReference) -> Session:
        """The session of the reference's registry, for what is no image: all share its budget and its tokens."""
        self.of(reference)
        with self._lock:
            return self._sessions[canonical_registry(reference.registry)]

    def paused(self, now: datetime) -> dict[str, HostPause]:
        """The registries that get no requests now, by host: they failed several times, or required a wait."""
        with self._lock:
            budgets = dict(self._budgets)
        return {host: pause for host, budget in budgets.items() if (pause := budget.paused(now))}

    def limits(self) -> dict[str, RequestLimit]:
        """The limits of requests that registries have named in their last answers, by the host that answered."""
        with self._lock:
            budgets = list(self._budgets.values())
        return {budget.name: limit for budget in budgets if (limit := budget.limit)}

    def own_host(self, host: str) -> tuple[Endpoint, Budget] | None:
        """The address of a registry's own host, for its other APIs, and its budget; None if a mirror is used."""
        if host in self._mirrors:
            return None
        endpoint = self._own_endpoint(host)
        with self._lock:
            return endpoint, self._budget(host, endpoint)

    def digest(self, reference: ImageReference, known: Digest | None = None) -> Digest | Unchanged:
        """See the port."""
        return self.of(reference).digest(reference, known)

    def manifest(self, reference: ImageReference) -> Manifest:
        """See the port."""
        return self.of(reference).manifest(reference)

    def labels(self, reference: ImageReference, platform: str | None = None) -> Mapping[str, str]:
        """See the port."""
        return self.of(reference).labels(reference, platform)

    def platform(self, reference: ImageReference, configuration: Digest) -> str | None:
        """See the port."""
        return self.of(reference).platform(reference, configuration)

    def configuration(self, reference: ImageReference, configuration: Digest) -> Configuration:
        """See the port."""
        return self.of(reference).configuration(reference, configuration)

    def referrers(self, reference: ImageReference) -> Sequence[Referrer]:
        """See the port."""
        return self.of(reference).referrers(reference)

    def tags(self, reference: ImageReference) -> Iterator[str]:
        """See the port."""
        return self.of(reference).tags(reference)

    def exists(self, reference: ImageReference) -> bool:
        """See the port."""
        return self.of(reference).exists(reference)

    def check(self, wanted: Sequence[Wanted], deadline: Deadline | None = None) -> Iterator[CheckedDigest]:
        """See the port."""
        return self.of(wanted[0][0]).check(wanted, deadline) if wanted else iter(())

    def _open(self, host: str) -> Registry:
        kind: RegistryFactory = next(kind for kind in REGISTRIES if kind.serves(host))
        mirror = self._mirrors.get(host)
        endpoint = mirror or self._own_endpoint(kind.api_host(host))
        registry = mirror.host if mirror else host
        session = self._sessions[host] = Session(
            endpoint,
            transport=self._transport,
            budget=self._budget(registry, endpoint),
            counts=kind.counts,
            registry=registry,
            credentials=self._credentials,
            trusted_realms=self._trusted,
        )
        return kind(session)

    def _budget(self, registry: str, endpoint: Endpoint) -> Budget:
        """The budget of a registry or mirror: one, also where it is the mirror of several registries."""
        budget = self._budgets.get(registry)
        if budget is None:
            limits = limits_of(registry, own=self._transport.policy.lists(registry))
            budget = self._budgets[registry] = Budget(limits, endpoint.host, self._make_allowance)
        return budget

    def _own_endpoint(self, host: str) -> Endpoint:
        policy = self._transport.policy
        # References are without the port of https, which a host that is listed with it does not have.
        insecure = policy.scheme(host) == "https" and ":" not in host and policy.scheme(f"{host}:443") == "http"
        return Endpoint("http", f"{host}:443") if insecure else Endpoint(policy.scheme(host), host)
