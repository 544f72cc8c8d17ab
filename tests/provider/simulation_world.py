"""Simulations over an organisation, for the tests that ask by HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask import Flask

from provider.domain.plan import BuildCaps
from provider.domain.simulation.simulating import Rules
from provider.domain.snapshot import Snapshot
from provider.errors import ProviderError
from provider.services.simulation.kept_answers import KeptSimulations
from tests.provider.domain.simulation.organisations import DAY, NOW, organisation, seen
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web

OWNER = "group:default/platform"
PAYMENTS = "group:default/payments"


def with_owners(found: Snapshot) -> Snapshot:
    """Every third image belongs to payments, and one base was withdrawn after two days."""
    enrollments = {
        name: replace(each, owner=PAYMENTS if place % 3 == 0 else None)
        for place, (name, each) in enumerate(found.enrollments.items())
    }
    images = {name: replace(image, enrollment=enrollments[name]) for name, image in found.images.items()}
    first = found.bases["base-0"]
    before = replace(first.ledger, observations=first.ledger.observations[:1])
    ledger = seen(seen(before, NOW - 20 * DAY, 777), NOW - 18 * DAY, 1)
    return replace(
        found, enrollments=enrollments, images=images, bases={**found.bases, "base-0": replace(first, ledger=ledger)}
    )


@dataclass
class SimulationWorld:
    """Simulations whose clocks, snapshot and tag a test sets. `reads` counts how often the snapshot was read."""

    snapshot: Snapshot = field(default_factory=lambda: with_owners(organisation(4, 12, 3, 40, 8)))
    tag: str = "1"
    now: datetime = NOW
    seconds: float = 0.0
    step: float = 0.0
    reads: int = 0
    failure: ProviderError | None = None
    reading: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.simulations = KeptSimulations(
            self._read, lambda: self.tag, Rules(BuildCaps(timedelta(minutes=30)), OWNER), lambda: self.now, self._clock
        )

    def _read(self) -> Snapshot:
        self.reads += 1
        self.reading()
        if self.failure:
            raise self.failure
        return self.snapshot

    def _clock(self) -> float:
        self.seconds += self.step
        return self.seconds

    def app(self) -> Flask:
        """The web part."""
        return web(MemoryIndex(), simulations=self.simulations)
