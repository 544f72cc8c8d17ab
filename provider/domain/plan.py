"""The plan over all images: which are rebuilt now, in which order, and which wait for others. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from catalog.graph import cycles, depths
from catalog.image import DependencyRole, Status
from provider.containment import contained
from provider.domain.edges.edge import Edge
from provider.domain.enrollment import Criticality, Enrollment
from provider.domain.ledger import Ledger
from provider.domain.policy.authority import authority_of, is_own, trusts
from provider.domain.policy.rules import Policy
from provider.domain.rebuild import Decision, Rebuild, Wait, decide, needs_a_person, will_go
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildState
from provider.domain.status import ImageStatus, status_of, waiting_for_a_cap
from provider.domain.verification.rule import UnusableRule, Verify, resolved
from provider.domain.verification.trust import Trust
from provider.errors import InternalError
from proxy.signatures.rules import SignatureRule

LONGEST_BUILD = timedelta(hours=6)
"""A build that runs for longer no longer counts for the caps. Source: GitHub's docs, "Usage limits": a job ends after 6
hours."""
_FIRST = {Criticality.HIGH: 0, Criticality.NORMAL: 1, Criticality.LOW: 2}


@dataclass(frozen=True, slots=True)
class BuildCaps:
    """The limits of builds.

    Attributes:
        window: the coordination window: how long after the first eligible base others may join the rebuild.
        builds: the most builds at a time, in all.
        builds_per_source: the most builds at a time for one source repository.
        stopped: why nothing is dispatched now; None: rebuilds are dispatched.
        passed_over: images that are due and cannot be dispatched now; others take their places.
        errors: images that are not dispatched because of an unexpected error, which is named; no image waits for them.
    """

    window: timedelta = timedelta(minutes=30)
    builds: int = 10
    builds_per_source: int = 3
    stopped: str | None = None
    passed_over: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topology:
    """The edges between managed images. Computed once for a set of enrollments and dependencies.

    There is an edge only to an image whose entry the dependent image trusts (`policy/authority.py`). Any other image is
    a base from outside for it, whatever its entry says.

    Attributes:
        broken: the images whose edges could not be computed, each with the error.
    """

    parents: Mapping[str, Mapping[int, tuple[str, ...]]]
    children: Mapping[str, tuple[str, ...]]
    depth: Mapping[str, int]
    circles: Mapping[str, tuple[str, ...]]
    policy: Policy
    broken: Mapping[str, InternalError] = field(default_factory=dict)

    @classmethod
    def of(cls, images: Mapping[str, ImageState], policy: Policy) -> "Topology":
        """Compute the topology of these images."""
        by_path: dict[str, list[Enrollment]] = {}
        for image in images.values():
            by_path.setdefault(image.enrollment.reference.image, []).append(image.enrollment)
        found_parents = {name: contained(name, _edges, image, by_path, policy) for name, image in images.items()}
        broken = {name: found for name, found in found_parents.items() if isinstance(found, InternalError)}
        parents = {name: {} if isinstance(found, InternalError) else found for name, found in found_parents.items()}
        flat = {name: {parent for found in edges.values() for parent in found} for name, edges in parents.items()}
        children: dict[str, list[str]] = {}
        for name, found in flat.items():
            for parent in sorted(found):
                children.setdefault(parent, []).append(name)
        below = {name: tuple(found) for name, found in children.items()}
        return cls(parents, below, depths(flat), cycles(flat), policy=policy, broken=broken)


def _edges(
    image: ImageState, by_path: Mapping[str, Sequence[Enrollment]], policy: Policy
) -> Mapping[int, tuple[str, ...]]:
    """The managed images of each dependency, by its position."""
    return {
        position: tuple(found.name for found in _parents(image, dependency, by_path, policy))
        for position, dependency in enumerate(image.dependencies)
    }


def _parents(
    image: ImageState, dependency: DependencyState, by_path: Mapping[str, Sequence[Enrollment]], policy: Policy
) -> Sequence[Enrollment]:
    """The managed images of a dependency: the one with the same tag, else all others enrolled in that repository."""
    if dependency.pinned or dependency.role in (DependencyRole.UNUSED, DependencyRole.SYNTAX):
        return ()
    enrolled = [found for found in by_path.get(dependency.image.image, ()) if trusts(policy, image.enrollment, found)]
    exact = [found for found in enrolled if found.reference == dependency.image.tagged]
    return exact or [found for found in enrolled if found.name != image.name]


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a plan depends on.

    Attributes:
        errors: the unexpected errors of the last round, by image.
        files: the texts of the files that `verify` of enrollments names, by path in the config repository.
    """

    images: Mapping[str, ImageState]
    bases: Mapping[str, BaseState]
    topology: Topology
    errors: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    _rules: dict[Verify, SignatureRule | UnusableRule] = field(default_factory=dict, repr=False, compare=False)

    def ledger(self, name: str) -> Ledger:
        """The ledger of an entity; an empty one where there is no such entity."""
        if image := self.images.get(name):
            return image.ledger
        base = self.bases.get(name)
        return base.ledger if base else Ledger()

    def edges(self, name: str) -> list[Edge]:
        """The dependencies of an image, each with the ledger and the managed images at its other end.

        Raises:
            InternalError: they could not be computed.
        """
        if error := self.topology.broken.get(name):
            raise error
        parents = self.topology.parents[name]
        verify = self.images[name].enrollment.verify
        return [
            self._edge(dependency, parents[position], verify)
            for position, dependency in enumerate(self.images[name].dependencies)
        ]

    def _edge(self, dependency: DependencyState, parents: Sequence[str], verify: Verify | None) -> Edge:
        entity = self.images.get(dependency.name) or self.bases.get(dependency.name)
        return Edge(
            dependency,
            self.ledger(dependency.name),
            tuple(self.images[parent] for parent in parents),
            is_own=is_own(self.topology.policy, dependency.image),
            error=entity.error if entity else None,
            trust=self._trust(dependency, verify, entity) if verify else None,
        )

    def _trust(
        self, dependency: DependencyState, verify: Verify, entity: ImageState | BaseState | None
    ) -> Trust | None:
        if not verify.covers(dependency.image):
            return None
        if verify not in self._rules:
            self._rules[verify] = resolved(verify, self.files)
        return Trust.of(self._rules[verify], entity.verifications if entity else ())


@dataclass(frozen=True, slots=True)
class Plan:
    """The decision for every image, and the images to dispatch now, in order.

    Attributes:
        decisions: by image name.
        going: the images that will be rebuilt without a person, each with its wave.
        now: the images to dispatch now.
        statuses: by image name, as every reader sees them.
    """

    decisions: Mapping[str, Decision]
    going: Mapping[str, datetime] = field(default_factory=dict)
    now: tuple[str, ...] = ()
    statuses: Mapping[str, ImageStatus] = field(default_factory=dict)


NO_PLAN = Plan(MappingProxyType({}))


def plan(
    now: datetime, world: World, caps: BuildCaps, earlier: Plan = NO_PLAN, stale: Collection[str] | None = None
) -> Plan:
    """Decide for every image, parents before children.

    Args:
        now: by our own clock.
        world: the state.
        caps: the caps, with the coordination window.
        earlier: an earlier plan over the same topology.
        stale: the images to decide again (others keep their decision unless what a parent shows changes); None: all.
    """
    decisions, statuses = dict(earlier.decisions), dict(earlier.statuses)
    going = dict(earlier.going)
    todo = _by_depth(world, world.images if stale is None else stale)
    for level in range(len(todo)):
        for name in sorted(todo[level]):
            found = contained(name, _decided, now, world, name, going, caps, statuses)
            decision, wave, status = _failed(found) if isinstance(found, InternalError) else found
            decisions[name] = decision
            if wave != going.get(name) or status != statuses.get(name):
                _note(going, name, wave)
                statuses[name] = status
                _spread(world, name, todo, level)
    ready = {name: decision for name, decision in decisions.items() if isinstance(decision, Rebuild)}
    chosen = tuple(_chosen(now, world, ready, caps))
    statuses |= {name: waiting_for_a_cap(statuses[name]) for name in ready.keys() - chosen}
    return Plan(decisions, going, chosen, statuses)


def next_decision(now: datetime, planned: Plan) -> datetime | None:
    """The first time after now at which the plan can change without any event; None where there is none."""
    times = (decision.until for decision in planned.decisions.values() if isinstance(decision, Wait))
    return min((time for time in times if time and time > now), default=None)


def _by_depth(world: World, names: Iterable[str]) -> list[set[str]]:
    depth = world.topology.depth
    levels: list[set[str]] = [set() for _ in range(max(depth.values(), default=0) + 1)]
    for name in names:
        levels[depth[name]].add(name)
    return levels


def _spread(world: World, name: str, todo: list[set[str]], level: int) -> None:
    for child in world.topology.children.get(name, ()):
        if (below := world.topology.depth[child]) > level:
            todo[below].add(child)


def _note(going: dict[str, datetime], name: str, wave: datetime | None) -> None:
    if wave is None:
        going.pop(name, None)
    else:
        going[name] = wave


def _decided(
    now: datetime,
    world: World,
    name: str,
    going: Mapping[str, datetime],
    caps: BuildCaps,
    statuses: Mapping[str, ImageStatus],
) -> tuple[Decision, datetime | None, ImageStatus]:
    """The decision for an image, the wave of its next rebuild, and its status."""
    edges = world.edges(name)
    if error := caps.errors.get(name):
        decision: Decision = Wait(Status.ERROR, None, error)
        return decision, None, status_of(world.images[name], edges, decision, statuses, world.errors.get(name))
    decision = _decision(now, world, name, edges, going, caps)
    status = status_of(world.images[name], edges, decision, statuses, world.errors.get(name))
    return decision, _wave(now, world, name, decision, going), status


def _failed(error: InternalError) -> tuple[Decision, datetime | None, ImageStatus]:
    """For an image that could not be decided for: it is not rebuilt, and no image waits for it."""
    return Wait(Status.ERROR, None, str(error)), None, ImageStatus(Status.ERROR, str(error))


def _decision(
    now: datetime, world: World, name: str, edges: Sequence[Edge], going: Mapping[str, datetime], caps: BuildCaps
) -> Decision:
    if circle := world.topology.circles.get(name):
        return Wait(
            Status.ERROR,
            None,
            f"depends on itself: {' -> '.join(circle)}; remove the cycle from one of the Dockerfiles",
        )
    authority = authority_of(world.topology.policy, world.images[name].enrollment)
    decision = decide(now, world.images[name], edges, going, caps.window, authority)
    if isinstance(decision, Rebuild) and caps.stopped:
        return Wait(Status.DUE, None, caps.stopped, decision.wave, decision.causes)
    return decision


def _wave(now: datetime, world: World, name: str, decision: Decision, going: Mapping[str, datetime]) -> datetime | None:
    """The wave of the image's next rebuild, for its own cause or after a parent: its children wait for that rebuild."""
    own = will_go(decision)
    image = world.images[name]
    authority = authority_of(world.topology.policy, image.enrollment)
    if image.active or needs_a_person(now, image, authority) or name in world.topology.circles:
        return own
    parents = {parent for found in world.topology.parents[name].values() for parent in found}
    waves = [going[parent] for parent in parents if parent in going]
    return min([*waves, *([own] if own else [])], default=None)


def _chosen(now: datetime, world: World, ready: Mapping[str, Rebuild], caps: BuildCaps) -> Iterable[str]:
    """The images to dispatch now: emergencies first, then by criticality, depth and age, within the caps."""
    if not ready:
        return
    busy = Counter(_source(image) for image in world.images.values() if _takes_a_place(now, image.active))
    running = busy.total()
    for name, _ in sorted(ready.items(), key=lambda item: _order(world, *item)):
        source = _source(world.images[name])
        if running >= caps.builds:
            return
        if name not in caps.passed_over and busy[source] < caps.builds_per_source:
            busy[source] += 1
            running += 1
            yield name


def _takes_a_place(now: datetime, record: RebuildState | None) -> bool:
    """Whether a rebuild counts for the caps: builds that never end must not keep all others from being built."""
    return record is not None and now - (record.dispatched_at or record.requested_at) < LONGEST_BUILD


def _order(world: World, name: str, decision: Rebuild) -> tuple[bool, int, int, datetime, str]:
    criticality = _FIRST[world.images[name].enrollment.criticality]
    return (not decision.emergency, criticality, world.topology.depth[name], decision.wave, name)


def _source(image: ImageState) -> str:
    source = image.enrollment.source
    return f"{source.provider}:{source.repo}" if source else ""
