"""A small organisation: images and their bases, a registry, a build system, and a clock that the test sets."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.addresses import PUBLIC_SITES
from catalog.image import Conclusion
from catalog.reference import Digest
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.plan import BuildCaps
from provider.domain.state import ImageState, RebuildState
from provider.ports import SnapshotStore
from provider.services.check_schedule import Pace, SharedChecks
from provider.services.dispatching.claim import DispatchClaims, OnlyProcess
from provider.services.publishing import Publisher
from provider.services.round import Round
from provider.services.stopping import Stopping
from provider.services.verification.verifications import Verifications
from proxy.http.clock_skew import ClockDifference
from tests.fakes.build_system import FakeBuildSystem
from tests.fakes.person_requests import FakePersonRequests
from tests.fakes.read_times import FakeReadTimes
from tests.fakes.registry import FakeRegistry, digest_of
from tests.fakes.signatures import FakeSignatures
from tests.fakes.snapshot_store import FakeSnapshotStore
from tests.fakes.sources import FakeSources
from tests.provider.web_images import MemoryIndex

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NODE = "docker.io/library/node:22"
WINDOW = timedelta(minutes=30)


def enrolled(name: str, **others: Any) -> Enrollment:
    """The enrollment of ghcr.io/acme/NAME, built by build.yml in acme/NAME."""
    others.setdefault("source", Source("github", f"acme/{name}"))
    others.setdefault("build", Build("github-actions", workflow="build.yml"))
    return Enrollment(name, "ghcr.io", f"acme/{name}", **others)


@dataclass
class Company:
    """Everything that a round works with; `restart` replaces the round. `seconds` is its monotonic clock."""

    store: SnapshotStore = field(default_factory=FakeSnapshotStore)
    builds: Any = field(default_factory=FakeBuildSystem)
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    sources: FakeSources = field(default_factory=FakeSources)
    index: MemoryIndex = field(default_factory=MemoryIndex)
    caps: BuildCaps = field(default_factory=lambda: BuildCaps(window=WINDOW))
    now: datetime = START
    skew: ClockDifference | None = None
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    pace: Pace = field(default_factory=lambda: Pace(MINUTE, MINUTE))
    seconds: float = 0.0
    requests: FakePersonRequests = field(default_factory=FakePersonRequests)
    heard: dict[str, datetime] = field(default_factory=dict)
    signatures: FakeSignatures = field(default_factory=FakeSignatures)
    read_times: FakeReadTimes = field(default_factory=FakeReadTimes)
    claims: DispatchClaims = OnlyProcess
    checks: Callable[[], SharedChecks] = SharedChecks

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """End the process and start another: only the store and everything outside stay."""
        ids = (f"rebuild-{number}" for number in self.numbers)
        self.stopping = Stopping(clock=lambda: self.seconds)
        self.round = Round(
            self.store, self.registry, self.sources, self.builds, self.index, lambda: self.now, lambda: next(ids),
            lambda: self.skew, self.caps, self.pace,
            Publisher(self.index, "group:default/platform", PUBLIC_SITES), self.requests,
            self.heard.get, Verifications(self.signatures), self.read_times,
            claims=self.claims, checks=self.checks(), stopping=self.stopping, monotonic=self.stopping.monotonic,
        )  # fmt: skip

    @property
    def snapshot(self) -> FakeSnapshotStore:
        """The store, where it is the fake."""
        assert isinstance(self.store, FakeSnapshotStore)
        return self.store

    def have(self, enrollment: Enrollment, dockerfile: str = f"FROM {NODE}\n") -> None:
        """Make its source and its first image."""
        assert enrollment.source
        self.sources.put(enrollment.source.repo, "Dockerfile", dockerfile)
        self.registry.put(enrollment.reference, digest_of(f"{enrollment.name} 0"))

    def enroll(self, name: str, dockerfile: str = f"FROM {NODE}\n", **others: Any) -> None:
        """Make an image, and enroll it."""
        self.have(enrolled(name, **others), dockerfile)
        self.snapshot.enroll(enrolled(name, **others))

    def move(self, reference: str, content: str) -> Digest:
        """Let a tag point to another image."""
        return self.registry.put(reference, digest_of(content)).digest

    def after(self, time: timedelta) -> None:
        """Let time pass, then run a round."""
        self.now += time
        self.round.run()

    def image(self, name: str = "portal") -> ImageState:
        """The state of an image."""
        return self.store.read().images[name]

    def last(self, name: str = "portal") -> RebuildState:
        """The newest rebuild of an image."""
        record = self.image(name).last_rebuild
        assert record
        return record

    def status(self, name: str = "portal") -> tuple[str, str]:
        """The status and the reason that readers see."""
        shown = self.index.images[name]
        return shown.status.value, shown.reason

    def finish(self, name: str = "portal", conclusion: Conclusion = Conclusion.SUCCESS) -> Digest:
        """The run of an image's rebuild ends; after a success its tag points to the new image."""
        run = next(run for run, request in self.builds.started.items() if request.rebuild_id == self.last(name).id)
        self.builds.finish(run, conclusion, self.now)
        made = digest_of(f"{name} built by run {run}")
        if conclusion is Conclusion.SUCCESS:
            self.registry.put(self.image(name).enrollment.reference, made)
        return made


def settled(**others: Any) -> Company:
    """A company with one image, portal, built from node:22, after one round."""
    company = Company(**others)
    company.move(NODE, "node 0")
    company.enroll("portal")
    company.round.run()
    return company


def due(**others: Any) -> Company:
    """The same after node:22 has changed and aged: the next round dispatches a rebuild."""
    company = settled(**others)
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.now += 7 * DAY + WINDOW
    return company
