"""A host on loopback that answers by a script, and a transport that may send requests to it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from catalog.reference import ImageReference
from proxy.deadline import Monotonic
from proxy.http.addresses import AddressPolicy
from proxy.http.budgets.budget import Budget, Limits
from proxy.http.transport import Transport
from proxy.http.trust import TrustedCertificates
from proxy.ports import Registry
from proxy.registries.endpoints import Endpoint
from proxy.registries.oci import OciRegistry
from proxy.registries.router import Registries
from proxy.registries.session import Session
from proxy.registries.table import RegistryFactory
from proxy.secrets.docker_config import DockerConfig, Login
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.peers.exchange import Answer, Request
from tests.peers.loopback import LoopbackServer
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Time

Script = Callable[[Request], Answer | None]


class ScriptedHost(LoopbackServer):
    """Answers by `script`; `requests` has every request, oldest first."""

    def __init__(self, script: Script | None = None, *, certificate: Path | None = None) -> None:
        super().__init__(self._play, certificate=certificate)
        self.script: Script = script or (lambda _: Answer(200))
        self.requests: list[Request] = []

    def _play(self, request: Request) -> Answer | None:
        self.requests.append(request)
        return self.script(request)

    @property
    def asked(self) -> list[str]:
        """Method and target of every request."""
        return [f"{request.method} {request.target}" for request in self.requests]

    def image(self, text: str) -> ImageReference:
        """A reference at this host: `team/app:1.0`."""
        return ImageReference.parse(f"{self.host}/{text}")


def in_turn(*answers: Answer | None) -> Script:
    """A script that sends these answers in order, and then repeats the last one."""
    waiting, turn = list(answers), threading.Lock()

    def play(_: Request) -> Answer | None:
        with turn:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return play


@contextlib.contextmanager
def open_transport(
    clock: Time, *insecure: str, trusted: Path | None = None, monotonic: Monotonic = time.monotonic
) -> Iterator[Transport]:
    """A transport that may reach loopback, these hosts by plain http (all of 127.0.0.1 if none is named)."""
    policy = AddressPolicy(private_hosts=(LOOPBACK, "localhost"), insecure_registries=insecure or (LOOPBACK,))
    transport = Transport(
        policy,
        now=clock.now,
        sleep=clock.sleep,
        trusted=TrustedCertificates(trusted) if trusted else None,
        jitter=lambda: 0.5,
        monotonic=monotonic,
    )
    try:
        yield transport
    finally:
        transport.close()


def real_transport() -> Transport:
    """A transport with the real clock, for loopback by plain http; it ends with the test that has it."""
    policy = AddressPolicy(insecure_registries=(LOOPBACK,))
    return Transport(policy, now=lambda: datetime.now(UTC), sleep=time.sleep)


def registries(
    transport: Transport,
    logins: Mapping[str, Login] | None = None,
    *,
    trusted_realms: Mapping[str, str] | None = None,
) -> Registries:
    """All registries, with these logins by host."""
    credentials = RegistryCredentials(DockerConfig(auths=logins or {}), {})
    return Registries(transport, credentials, trusted_realms=trusted_realms)


def limited(transport: Transport, host: str, limits: Limits, kind: RegistryFactory = OciRegistry) -> Registry:
    """One registry, without credentials and within these limits."""
    session = Session(
        Endpoint("http", host),
        transport=transport,
        budget=Budget(limits, host),
        counts=kind.counts,
        registry=host,
        credentials=RegistryCredentials(DockerConfig(), {}),
        trusted_realms={},
    )
    return kind(session)
