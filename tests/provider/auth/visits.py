"""A clock that tests set, and a small application with the guard, for the tests of authentication."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from provider.auth.access import Access, EndpointRules, guard
from provider.auth.backstage import Backstage
from provider.auth.permissions import Action
from provider.auth.rights import require
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from tests.peers.backstage_auth import BackstageAuth


@dataclass(slots=True)
class Clock:
    """Moves only if a test moves it; `slept` counts the seconds of `sleep`."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    slept: float = 0.0

    def now(self) -> datetime:
        """The current time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move the clock, and count the seconds."""
        self.slept += seconds

    def pass_by(self, **span: float) -> None:
        """Move the clock."""
        self.time += timedelta(**span)


def transport_to(peer: BackstageAuth, clock: Clock) -> Transport:
    """A transport that may connect to this peer and to nothing else on this machine."""
    return Transport(AddressPolicy(insecure_registries=[peer.host]), now=clock.now, sleep=clock.sleep)


def backstage_at(peer: BackstageAuth, clock: Clock) -> Backstage:
    """The peer as the configured Backstage."""
    return Backstage(peer.url, transport_to(peer, clock), clock.now)


def visitor(
    access: Access, owner: str | None = "group:default/team-a", now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> FlaskClient:
    """A client of `/ACTION`, which returns the name of the caller if it may do the action."""
    app = Flask("visits")
    guard(app, access, EndpointRules(public=(), catalog=()), "http://factory.example", now)

    @app.get("/<action>")
    def act(action: str) -> str:
        return require(Action(action), owner).name

    return app.test_client()
