"""A world in a heap: bases that move, builds that end, and the plan in between. Pure; hours pass in milliseconds."""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import compress, count
from operator import is_not

from catalog.image import Conclusion, DependencyRole, Evidence
from catalog.reference import Digest, ImageReference
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.ledger import BuiltOn
from provider.domain.plan import BuildCaps, Plan, RunningPlan, plan
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.policy.rules import NO_POLICY
from provider.domain.rebuild import Rebuild, Wait
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildStage, RebuildState, targets_built

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# Everything that chance decides happens on this grid, which delays and the window are multiples of: what is due at one
# moment is planned in one step, as one round of the service does it, and boundaries are met exactly.
STEP = timedelta(minutes=15)


def digest(number: int) -> Digest:
    """A different digest for each number."""
    return Digest(f"sha256:{number:064x}")


def base(name: str) -> BaseState:
    """A base that has been looked at once."""
    fresh = BaseState(name, ImageReference("docker.io", f"library/{name}", "1"), START)
    return replace(fresh, ledger=fresh.ledger.observe(START, digest(hash(name) % 2**64)))


def managed(name: str, bases: Sequence[BaseState | ImageState], delay: timedelta = 7 * DAY) -> ImageState:
    """An image that was built on what its bases are now."""
    source, build = Source("github", f"acme/{name}"), Build("github-actions", workflow="build.yml")
    enrollment = Enrollment(name, "ghcr.io", f"acme/{name}", source=source, build=build, rebuild_delay=delay)
    image = ImageState(enrollment, START, dependencies=tuple(_on(found) for found in bases))
    return replace(image, ledger=image.ledger.observe(START, digest(hash(name) % 2**64)))


def _on(found: BaseState | ImageState) -> DependencyState:
    reference = found.image if isinstance(found, BaseState) else found.enrollment.reference
    current = found.ledger.current
    assert current
    return DependencyState(
        found.name,
        str(reference),
        reference,
        ("from",),
        DependencyRole.FINAL,
        built_on=BuiltOn(current.digest, START),
        evidence=Evidence.PASSED,
    )


@dataclass
class Simulation:
    """Runs until nothing is left to happen.

    Attributes:
        rebuilds: when, which image, which decision: everything that was dispatched.
        build_time: how long a build takes.
        conclude: how a build ends.
    """

    images: dict[str, ImageState]
    bases: dict[str, BaseState]
    caps: BuildCaps = field(default_factory=lambda: BuildCaps(builds=10_000, builds_per_source=10_000))
    build_time: Callable[[], timedelta] = lambda: timedelta(minutes=20)
    conclude: Callable[[], Conclusion] = lambda: Conclusion.SUCCESS
    rebuilds: list[tuple[datetime, str, Rebuild, ImageState]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.images, self.bases, Topology.of(self.images, NO_POLICY))
        self.dependents: dict[str, set[str]] = {}
        for name, image in self.images.items():
            for dependency in image.dependencies:
                self.dependents.setdefault(dependency.name, set()).add(name)
        self.events: list[tuple[datetime, int, Callable[[datetime], set[str]]]] = []
        self.order, self.fresh = count(), count(2**70)
        self.known, self.plan = RunningPlan.for_readers(), Plan({})

    def at(self, when: datetime, event: Callable[[datetime], set[str]]) -> None:
        """Have something happen; it answers which images it concerns."""
        heapq.heappush(self.events, (when, next(self.order), event))

    def move(self, when: datetime, name: str, to: Digest | None = None) -> None:
        """A base moves to a digest; None: a new one."""

        def happen(now: datetime) -> set[str]:
            found = self.bases[name]
            ledger = found.ledger.observe(now, to or digest(next(self.fresh)))
            self.bases[name] = replace(found, ledger=ledger)
            return self.dependents.get(name, set())

        self.at(when, happen)

    def run(self) -> None:
        """Let everything happen."""
        stale: set[str] | None = None
        now = START
        while True:
            self._step(now, stale)
            if not self.events:
                return
            now, stale = self.events[0][0], set()
            while self.events and self.events[0][0] == now:
                stale |= heapq.heappop(self.events)[2](now)

    def _step(self, now: datetime, stale: set[str] | None) -> None:
        before = self.plan.decisions
        self.plan = plan(now, self.world, self.caps, self.known, stale)
        decisions = self.plan.decisions
        # Thousands of steps each look for the few new decisions among all.
        new = map(is_not, decisions.values(), map(before.get, decisions))
        for name, decision in compress(decisions.items(), new):
            if isinstance(decision, Wait) and decision.until:
                self.at(decision.until, lambda _, name=name: {name})  # type: ignore[misc]
        started = set()
        for name in self.plan.now:
            self._dispatch(now, name)
            started.add(name)
        if started:
            self._step(now, started)

    def _dispatch(self, now: datetime, name: str) -> None:
        rebuild, image = self.plan.decisions[name], self.images[name]
        assert isinstance(rebuild, Rebuild)
        self.rebuilds.append((now, name, rebuild, image))
        record = RebuildState(
            f"{len(self.rebuilds)}",
            rebuild.key,
            now,
            rebuild.wave,
            rebuild.causes,
            rebuild.targets,
            rebuild.reason,
            emergency=rebuild.emergency,
            requests=tuple(asked.id for asked in rebuild.asked),
        )
        left = tuple(asked for asked in image.asked if asked not in rebuild.asked)
        after = image.with_record(replace(record, stage=RebuildStage.DISPATCHED))
        self.images[name] = replace(after, asked=left)
        self.at(now + self.build_time(), lambda then: self._finish(then, name, record.id))

    def _finish(self, now: datetime, name: str, record_id: str) -> set[str]:
        image, conclusion = self.images[name], self.conclude()
        record = next(found for found in image.rebuilds if found.id == record_id)
        ended = replace(record, stage=RebuildStage.COMPLETED, completed_at=now, conclusion=conclusion, settled=True)
        if conclusion is Conclusion.SUCCESS:
            made = digest(next(self.fresh))
            image = replace(
                image,
                ledger=image.ledger.observe(now, made),
                dependencies=targets_built(image.dependencies, record.targets, now, {}),
            )
            ended = replace(ended, result=made)
        self.images[name] = image.with_record(ended)
        return {name} | self.dependents.get(name, set())


def random_world(seed: int, images: int, bases: int, delays: Sequence[timedelta]) -> Simulation:
    """Images that depend on one to three bases or earlier images."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable world, no secret
    all_bases = {f"base-{number}": base(f"base-{number}") for number in range(bases)}
    all_images: dict[str, ImageState] = {}
    for number in range(images):
        below: list[BaseState | ImageState] = [*chance.sample(list(all_bases.values()), chance.randint(1, 2))]
        if number and chance.random() < 0.4:
            below.append(all_images[f"image-{chance.randrange(number)}"])
        all_images[f"image-{number}"] = managed(f"image-{number}", below, chance.choice(delays))
    return Simulation(all_images, all_bases, build_time=lambda: chance.randint(1, 4) * STEP)
