"""When a managed image is rebuilt, and why it is not yet.

Nothing here reads a clock, a store or the network: state and `now` come in, a value with its reason goes out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.image import Status
from catalog.reference import Digest
from provider.domain.duration import print_duration
from provider.domain.ledger import BuiltOn, Ledger, Observation
from provider.domain.state import Cause, Dependency, ImageState, RebuildRecord, Target

NO_DELAY = timedelta(0)


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency with what is known of the other end.

    Attributes:
        maker: the managed image whose tag this is; None for a base from outside.
        parents: managed images that must go first; the maker, or all that are enrolled in that repository.
    """

    dependency: Dependency
    ledger: Ledger
    maker: ImageState | None = None
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Build now, on exactly these digests."""

    causes: tuple[Cause, ...]
    targets: tuple[Target, ...]
    key: str
    wave: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before `until` (None: until something else happens).

    `wave` is set when the image will go without a person: its dependents then wait for it.
    """

    status: Status
    until: datetime | None
    reason: str
    wave: datetime | None = None
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing newer to build on."""

    status: Status
    reason: str


Decision = Rebuild | Wait | Nothing


def will_go(decision: Decision) -> datetime | None:
    """The wave in which the image will be rebuilt without a person; None where it will not."""
    match decision:
        case Rebuild(wave=wave) | Wait(wave=wave):
            return wave
        case Nothing():
            return None


def decide(
    now: datetime, image: ImageState, edges: Sequence[Edge], going: Mapping[str, datetime], window: timedelta
) -> Decision:
    """Decide for one image.

    A base counts with its newest digest that has itself been seen for the image's delay, so a tag that moves every
    day still leads to a rebuild every day, one delay behind.

    Args:
        now: by our own clock.
        image: the image.
        edges: all its dependencies.
        going: managed images that will be rebuilt without a person, each with its wave.
        window: how long after the first eligible base others may join.
    """
    if active := image.active:
        return _under_way(active)
    views = [_view(now, image, edge) for edge in edges]
    causing = [view for view in views if view.eligible and view.edge.dependency.causes(image.enrollment.rebuild_on)]
    if not causing:
        return _quiet(image, views)
    causes = tuple(view.cause() for view in causing)
    wave = min(view.wave for view in causing)
    key = _key(image, causes)
    if blocked := _blocked(image, key, causes, _next_eligible(image, views)):
        return blocked
    if lost := next((view for view in views if view.stands_on_gone), None):
        reason = f"{_names(causes)} moved on, but what it stands on of {lost.name} has vanished from the registry"
        return Wait(Status.WAITING, _next_eligible(image, views), f"{reason}; waits for a newer one", causes=causes)
    opens = wave + window
    if max(now, *(view.now for view in causing)) < opens:
        reason = f"{_names(causes)} moved on; waits until {_minute(opens)} for others to join"
        return _failed_before(image, Wait(Status.WAITING, opens, reason, wave, causes))
    if parent := _parent_in_the_way(edges, going, opens):
        return _failed_before(image, Wait(Status.DUE, None, f"{parent} is rebuilt first", wave, causes))
    reason = ", ".join(_moved(cause) for cause in causes)
    return Rebuild(causes, tuple(filter(None, (view.target(causing) for view in views))), key, wave, reason)


@dataclass(frozen=True, slots=True)
class _EdgeView:
    """One edge at one moment: what is newer, and which of it has aged."""

    edge: Edge
    now: datetime
    delay: timedelta
    newer: Sequence[Observation]

    @property
    def eligible(self) -> Sequence[Observation]:
        return [seen for seen in self.newer if self.now - seen.first_seen >= self.delay]

    @property
    def wave(self) -> datetime:
        """When the oldest of what is eligible became so; what we built belongs to the wave it was built in."""
        return min(self._wave_of(seen) for seen in self.eligible)

    @property
    def name(self) -> str:
        return self.edge.dependency.image.familiar

    @property
    def stands_on_gone(self) -> bool:
        """Whether the digest that a build would be given again is there no more."""
        built_on = self.edge.dependency.built_on
        if self.eligible or built_on is None or self.edge.dependency.pinned:
            return False
        seen = self.edge.ledger.find(built_on.digest)
        return seen is not None and seen.gone

    def _wave_of(self, seen: Observation) -> datetime:
        made = self.edge.maker.wave_of(seen.digest) if self.edge.maker else None
        return made or seen.first_seen + self.delay

    def cause(self) -> Cause:
        newest, dependency = self.eligible[-1], self.edge.dependency
        before = dependency.built_on.digest if dependency.built_on else None
        return Cause(
            dependency.name, dependency.image.familiar, newest.digest, before, newest.first_seen, self._wave_of(newest)
        )

    def target(self, causing: Sequence["_EdgeView"]) -> Target | None:
        """What the build is given: the newest aged digest, else what the image stands on; None: nothing is known."""
        dependency = self.edge.dependency
        if dependency.pinned:
            return None
        aged = self.eligible
        digest = aged[-1].digest if aged else dependency.built_on.digest if dependency.built_on else None
        if digest is None:
            return None
        return Target(dependency.name, dependency.written, dependency.image, digest, self in causing)


def _view(now: datetime, image: ImageState, edge: Edge) -> _EdgeView:
    delay = NO_DELAY if edge.maker or edge.parents else image.enrollment.rebuild_delay
    built_on = edge.dependency.built_on
    if built_on is None or edge.dependency.pinned:
        return _EdgeView(edge, now, delay, ())
    newer = edge.ledger.candidates(built_on, image.enrollment.platforms)
    return _EdgeView(edge, edge.ledger.clamp(now), delay, newer)


def _under_way(record: RebuildRecord) -> Wait:
    if record.retry_at is not None and record.error:
        return Wait(Status.DUE, record.retry_at, f"{record.error}; it is asked again", record.wave, record.causes)
    link = f" ({record.url})" if record.url else ""
    return Wait(Status.REBUILDING, None, f"build {record.id} is under way{link}", record.wave, record.causes)


def _blocked(image: ImageState, key: str, causes: tuple[Cause, ...], until: datetime | None) -> Wait | None:
    """What a person must change, or a newer base: a build of exactly this that ended, a hold, no build system."""
    ended = next((record for record in reversed(image.rebuilds) if record.key == key), None)
    if ended is not None:
        return Wait(Status.FAILED, until, f"{_ending(ended)}; it waits for a newer base or for a person", causes=causes)
    if image.enrollment.build is None:
        return Wait(Status.HELD, None, f"{_names(causes)} moved on, but no workflow is enrolled", causes=causes)
    if image.held is not None:
        return Wait(Status.HELD, None, f"{_names(causes)} moved on, but a person holds it: {image.held}", causes=causes)
    if not image.enrollment.auto_rebuild:
        return Wait(Status.HELD, None, f"{_names(causes)} moved on, but autoRebuild is off", causes=causes)
    return None


def _next_eligible(image: ImageState, views: Sequence["_EdgeView"]) -> datetime | None:
    """When the next digest that is still ageing will have aged."""
    ageing = [
        seen.first_seen + view.delay
        for view in views
        if view.edge.dependency.causes(image.enrollment.rebuild_on)
        for seen in view.newer
        if view.now - seen.first_seen < view.delay
    ]
    return min(ageing, default=None)


def _parent_in_the_way(edges: Sequence[Edge], going: Mapping[str, datetime], opens: datetime) -> str | None:
    """A parent that goes in this wave; one of a later wave must not starve its child."""
    waves = {parent: going[parent] for edge in edges for parent in edge.parents if parent in going}
    return min((parent for parent, wave in waves.items() if wave <= opens), default=None)


def _quiet(image: ImageState, views: Sequence[_EdgeView]) -> Wait | Nothing:
    """Nothing has aged: tell what is ageing, what has vanished, or that all is well."""
    ageing = [
        (view.newer[0].first_seen + view.delay, view)
        for view in views
        if view.newer and view.edge.dependency.causes(image.enrollment.rebuild_on)
    ]
    if ageing:
        until, view = min(ageing, key=lambda item: item[0])
        age = view.now - view.newer[0].first_seen
        name = view.edge.dependency.image.familiar
        return _failed_before(image, Wait(Status.WAITING, until, f"{name} has aged {_of(age, view.delay)}"))
    if image.last_rebuild and image.last_rebuild.failed and not image.last_rebuild.active:
        return Wait(Status.FAILED, None, f"{_ending(image.last_rebuild)}; it waits for a newer base or for a person")
    if gone := _vanished(image, views):
        return Nothing(Status.UP_TO_DATE, f"{gone} moved on, but that digest has vanished from the registry")
    if not image.ledger.observations and not image.dependencies:
        return Nothing(Status.UNKNOWN, "not looked at yet")
    if unknown := [view for view in views if view.edge.dependency.built_on is None and not view.edge.dependency.pinned]:
        return Nothing(Status.UP_TO_DATE, f"{unknown[0].edge.dependency.image.familiar} could not be looked at yet")
    return Nothing(Status.UP_TO_DATE, "stands on the newest aged digest of every base")


def _vanished(image: ImageState, views: Sequence[_EdgeView]) -> str | None:
    for view in views:
        current, dependency = view.edge.ledger.current, view.edge.dependency
        if current and current.gone and dependency.built_on and dependency.causes(image.enrollment.rebuild_on):
            return dependency.image.familiar
    return None


def _failed_before(image: ImageState, wait: Wait) -> Wait:
    """A failed build shows as failed until the next one starts; what comes next is in the reason."""
    last = image.last_rebuild
    if last is None or not last.failed:
        return wait
    return Wait(Status.FAILED, wait.until, f"{_ending(last)}; {wait.reason}", wait.wave, wait.causes)


def _ending(record: RebuildRecord) -> str:
    if record.error:
        return f"rebuild {record.id} failed: {record.error}"
    if record.conclusion is None:
        return f"rebuild {record.id} was asked for before"
    return f"rebuild {record.id} ended with {record.conclusion.value}"


def _key(image: ImageState, causes: Sequence[Cause]) -> str:
    """What an automatic rebuild is known by. The moment is part of it: a tag may really come back to a digest."""
    parts = [image.name, repr(image.enrollment.source and image.enrollment.source.repo), repr(image.enrollment.build)]
    parts += sorted(f"{cause.name} {cause.previous_digest} {cause.digest} {cause.first_seen}" for cause in causes)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _names(causes: Sequence[Cause]) -> str:
    return ", ".join(cause.reference for cause in causes)


def _moved(cause: Cause) -> str:
    before = f"{_short(cause.previous_digest)} -> " if cause.previous_digest else ""
    return f"{cause.reference} moved {before}{_short(cause.digest)}"


def _short(digest: Digest) -> str:
    return digest.partition(":")[2][:12]


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _of(age: timedelta, delay: timedelta) -> str:
    """`6 of 7 days`, in a unit that suits the delay."""
    for name, size in (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1))):
        if delay >= 2 * size:
            return f"{age // size} of {delay // size} {name}"
    return f"{int(age.total_seconds())} of {print_duration(delay)}"


def baseline(now: datetime, ledger: Ledger) -> BuiltOn | None:
    """What an image is taken to stand on when nothing else tells: the base's current digest."""
    return BuiltOn(ledger.current.digest, now) if ledger.current else None
