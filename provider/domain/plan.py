"""The plan over all images: which are rebuilt now, in which order, and which wait for others. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from catalog.image import Status
from provider.containment import contained
from provider.domain.edges.edge import Edge
from provider.domain.enrollment import Criticality
from provider.domain.planning.moments import ALWAYS, Moments, next_moment
from provider.domain.planning.world import World
from provider.domain.policy.authority import authority_of
from provider.domain.rebuild import Decision, Nothing, Rebuild, Wait, WaitFor, decide, needs_a_person, will_go
from provider.domain.state import ImageState, RebuildState
from provider.domain.status import ImageStatus, status_of, waiting_for_a_cap
from provider.errors import InternalError

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


@dataclass(frozen=True, slots=True)
class RunningPlan:
    """A plan that is changed in place, for callers that go on with it step by step.

    Attributes:
        decisions, going: as in `Plan`.
        statuses: as in `Plan`, without what follows from the caps; None: no reader needs them; they are not computed.
        moments: when each image has to be decided again; None: the caller knows, and they are not computed.
        ready: the images whose decision is a rebuild.
        building: the images whose rebuild is in progress.
        capped: the statuses of images that wait for a cap, each with the status that it is made from.
    """

    decisions: dict[str, Decision] = field(default_factory=dict)
    going: dict[str, datetime] = field(default_factory=dict)
    statuses: dict[str, ImageStatus] | None = None
    moments: Moments | None = None
    ready: set[str] = field(init=False, default_factory=set)
    building: set[str] = field(init=False, default_factory=set)
    capped: dict[str, tuple[ImageStatus, ImageStatus]] = field(init=False, default_factory=dict)

    @classmethod
    def for_readers(cls) -> "RunningPlan":
        """An empty plan with statuses and moments."""
        return RunningPlan(statuses={}, moments=Moments())

    def forget(self, name: str) -> None:
        """Remove an image that is not tracked any more."""
        for known in (self.decisions, self.going, self.statuses or {}, self.capped):
            known.pop(name, None)
        self.ready.discard(name)
        self.building.discard(name)
        if self.moments is not None:
            self.moments.note(name, None)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided for one image.

    Attributes:
        wave: of its next rebuild; None where it has none.
        status: None where statuses are not computed.
        moment: when it has to be decided again, as in `next_moment`.
    """

    decision: Decision
    wave: datetime | None
    status: ImageStatus | None
    moment: datetime | None = None


def plan(
    now: datetime,
    world: World,
    caps: BuildCaps,
    known: RunningPlan | None = None,
    stale: Collection[str] | None = None,
) -> Plan:
    """Decide for every image, parents before children.

    Args:
        now: by our own clock.
        world: the state.
        caps: the caps, with the coordination window.
        known: the earlier decisions over the same topology; it is changed. None: there are none.
        stale: the images to decide again (others keep their decision unless what a parent shows changes); None: all.
    """
    known = RunningPlan.for_readers() if known is None else known
    decide_in_order(now, world, caps, world.images if stale is None else stale, known)
    chosen = _chosen(now, world, caps, known)
    statuses = {**(known.statuses or {}), **_capped(known, known.ready.difference(chosen))}
    return Plan(dict(known.decisions), dict(known.going), chosen, statuses)


def _chosen(now: datetime, world: World, caps: BuildCaps, known: RunningPlan) -> tuple[str, ...]:
    """The images to dispatch now, in order."""
    ready = {name: decision for name in known.ready if isinstance(decision := known.decisions[name], Rebuild)}
    if not ready:
        return ()
    order = sorted(ready, key=lambda name: rank(world, name, ready[name]))
    taken = places_taken(now, (world.images[name] for name in known.building))
    return tuple(choose(world, order, caps, taken))


def _capped(known: RunningPlan, waiting: Collection[str]) -> Mapping[str, ImageStatus]:
    """The statuses of the images that wait for a cap; an image has the same object as long as nothing changes."""
    statuses, found = known.statuses or {}, {}
    for name in waiting:
        before = known.capped.get(name)
        if before is None or before[0] is not statuses[name]:
            before = known.capped[name] = statuses[name], waiting_for_a_cap(statuses[name])
        found[name] = before[1]
    return found


def decide_in_order(
    now: datetime, world: World, caps: BuildCaps, names: Iterable[str], known: RunningPlan
) -> Sequence[str]:
    """Decide again for images, and for those to which they show something else than before, parents before children.

    Args:
        now: by our own clock.
        world: the state.
        caps: the caps, with the coordination window.
        names: the images to decide for.
        known: the decisions so far; it is changed.

    Returns:
        The images with a new decision.
    """
    todo = _by_depth(world, names)
    decided = []
    for level in range(len(todo)):
        for name in sorted(todo[level]):
            found = contained(name, _decided, now, world, name, caps, known)
            decided.append(name)
            after = _failed(found) if isinstance(found, InternalError) else found
            if _noted(world, name, after, known):
                _spread(world, name, todo, level)
    return decided


def _noted(world: World, name: str, found: _Decided, known: RunningPlan) -> bool:
    """Note what was decided; returns whether the image shows something else than before to its children."""
    changed = found.wave != known.going.get(name)
    known.decisions[name] = found.decision
    _note(known.going, name, found.wave)
    _mark(known.ready, name, is_in=isinstance(found.decision, Rebuild))
    _mark(known.building, name, is_in=world.images[name].active is not None)
    if known.statuses is not None and found.status is not None:
        changed = changed or found.status != known.statuses.get(name)
        known.statuses[name] = found.status
    if known.moments is not None:
        known.moments.note(name, found.moment)
    return changed


def next_decision(now: datetime, planned: Plan) -> datetime | None:
    """The first time after now at which the plan can change without any event; None where there is none."""
    times = (decision.until for decision in planned.decisions.values() if isinstance(decision, Wait))
    return min((time for time in times if time and time > now), default=None)


def _by_depth(world: World, names: Iterable[str]) -> list[set[str]]:
    depth = world.topology.depth
    levels: list[set[str]] = [set() for _ in range(world.topology.levels)]
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


def _mark(names: set[str], name: str, *, is_in: bool) -> None:
    if is_in:
        names.add(name)
    else:
        names.discard(name)


def _decided(now: datetime, world: World, name: str, caps: BuildCaps, known: RunningPlan) -> _Decided:
    image, edges = world.images[name], world.edges(name)
    error = caps.errors.get(name)
    decision: Decision = (
        Wait(Status.ERROR, None, error) if error else _decision(now, world, name, edges, known.going, caps)
    )
    shown = None if known.statuses is None else _shown(world, name, known.statuses)
    status = None if shown is None else status_of(now, image, edges, decision, shown, world.errors.get(name))
    moment = None if known.moments is None else next_moment(now, image, edges, decision)
    return _Decided(decision, None if error else _wave(now, world, name, decision, known.going), status, moment)


def _shown(world: World, name: str, statuses: Mapping[str, ImageStatus]) -> Mapping[str, ImageStatus]:
    """The statuses of what an image depends on; images of cycles have no order, so they show each other nothing."""
    circles = world.topology.circles
    if name not in circles:
        return statuses
    parents = {parent for found in world.topology.parents[name] for parent in found}
    return {parent: statuses[parent] for parent in parents - circles.keys() if parent in statuses}


def _failed(error: InternalError) -> _Decided:
    """For an image that could not be decided for: it is not rebuilt, no image waits for it, and it is tried again."""
    return _Decided(Wait(Status.ERROR, None, str(error)), None, ImageStatus(Status.ERROR, str(error)), moment=ALWAYS)


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
        return Wait(Status.DUE, None, caps.stopped, decision.wave, decision.causes, WaitFor.STOPPED)
    return decision


def _wave(now: datetime, world: World, name: str, decision: Decision, going: Mapping[str, datetime]) -> datetime | None:
    """The wave of the image's next rebuild, for its own cause or after a parent: its children wait for that rebuild."""
    own = will_go(decision)
    image = world.images[name]
    authority = authority_of(world.topology.policy, image.enrollment)
    if image.active or needs_a_person(now, image, authority) or name in world.topology.circles:
        return own
    parents = {parent for found in world.topology.parents[name] for parent in found}
    waves = [going[parent] for parent in parents if parent in going]
    return min([*waves, *([own] if own else [])], default=None)


def waits(found: Plan) -> Mapping[WaitFor, int]:
    """How many images wait for what; an image that may be rebuilt, and is not dispatched now, waits for the limits."""
    now = frozenset(found.now)
    waiting = (_waits_for(decision) for name, decision in found.decisions.items() if name not in now)
    return Counter(what for what in waiting if what)


def _waits_for(decision: Decision) -> WaitFor | None:
    match decision:
        case Rebuild():
            return WaitFor.LIMIT
        case Wait(what=what):
            return what
        case Nothing():
            return None


def choose(world: World, order: Iterable[str], caps: BuildCaps, taken: Mapping[str, int]) -> Iterator[str]:
    """The images to dispatch now, within the caps.

    Args:
        world: the state.
        order: the images whose decision is a rebuild, by their rank.
        caps: the caps.
        taken: the builds that are running, by source repository.
    """
    busy = Counter(taken)
    running = busy.total()
    for name in order:
        source = _source(world.images[name])
        if running >= caps.builds:
            return
        if name not in caps.passed_over and busy[source] < caps.builds_per_source:
            busy[source] += 1
            running += 1
            yield name


def places_taken(now: datetime, images: Iterable[ImageState]) -> Mapping[str, int]:
    """The builds of these images that count for the caps, by source repository."""
    return Counter(_source(image) for image in images if _takes_a_place(now, image.active))


def _takes_a_place(now: datetime, record: RebuildState | None) -> bool:
    """Whether a rebuild counts for the caps: builds that never end must not keep all others from being built."""
    return record is not None and now - (record.dispatched_at or record.requested_at) < LONGEST_BUILD


def rank(world: World, name: str, decision: Rebuild) -> tuple[bool, int, int, datetime, str]:
    """The place of a rebuild among all that may start: emergencies first, then by criticality, depth and age."""
    criticality = _FIRST[world.images[name].enrollment.criticality]
    return (not decision.emergency, criticality, world.topology.depth[name], decision.wave, name)


def _source(image: ImageState) -> str:
    source = image.enrollment.source
    return f"{source.provider}:{source.repo}" if source else ""
