"""Decide when a managed image is rebuilt, and give the reason when it has to wait.

Nothing here reads a clock, a store or the network: state and `now` come in, a value with its reason goes out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.image import Failure, Status
from catalog.reference import Digest
from catalog.times import utc_day, utc_time
from provider.domain.duration import print_duration
from provider.domain.ledger import Ledger, Observation
from provider.domain.policy.authority import ADMINS, Authority
from provider.domain.state import CauseState, DependencyState, ImageState, RebuildState, Target

NO_DELAY = timedelta(0)
_DAYS = timedelta(days=2)
_NEXT_TRY = "the next attempt follows when a base image changes again"


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency with the state of the image at its other end.

    Attributes:
        makers: the managed images that are rebuilt first: the one with this tag, or all that are enrolled in that
            repository; empty for a base from outside.
        is_own: whether policy.yaml names the repository as one that the organisation builds itself.
        error: why the image at the other end cannot be checked; None where it can.
    """

    dependency: DependencyState
    ledger: Ledger
    makers: tuple[ImageState, ...] = ()
    is_own: bool = False
    error: Failure | None = None

    def made(self, seen: Observation) -> datetime | None:
        """The wave of our rebuild that made the digest; None where no rebuild of ours did."""
        return next(filter(None, (maker.wave_of(seen) for maker in self.makers)), None)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rebuild now, on exactly these digests."""

    causes: tuple[CauseState, ...]
    targets: tuple[Target, ...]
    key: str
    wave: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Do not rebuild before `until` (None: before something else changes).

    `wave` is set when the image will be rebuilt without a person: then its dependents wait for it.
    """

    status: Status
    until: datetime | None
    reason: str
    wave: datetime | None = None
    causes: tuple[CauseState, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no newer digest to build on; `status.py` says what is known of the digests that are there."""


Decision = Rebuild | Wait | Nothing


def will_go(decision: Decision) -> datetime | None:
    """The wave in which the image will be rebuilt without a person; None where it will not be."""
    match decision:
        case Rebuild(wave=wave) | Wait(wave=wave):
            return wave
        case Nothing():
            return None


def decide(
    now: datetime,
    image: ImageState,
    edges: Sequence[Edge],
    going: Mapping[str, datetime],
    window: timedelta,
    authority: Authority = ADMINS,
) -> Decision:
    """Decide for one image.

    Of a base, the newest digest counts that was first seen at least one delay ago. So a tag that changes every day
    still leads to a rebuild every day, one delay later.

    Args:
        now: by our own clock.
        image: the image.
        edges: all its dependencies.
        going: managed images that will be rebuilt without a person, each with its wave.
        window: how long after the first eligible base others may join the rebuild.
        authority: what the image's entry may do; where it changes, a rebuild that failed is tried again.
    """
    if active := image.active:
        return _under_way(active)
    views = [_view(now, image, edge) for edge in edges]
    causing = [view for view in views if view.eligible and view.edge.dependency.causes(image.enrollment.rebuild_on)]
    if not causing:
        return _without_causes(image, views)
    causes = tuple(view.cause() for view in causing)
    wave = min(view.wave for view in causing)
    key = _key(image, authority, causes)
    if blocked := _blocked(image, authority, key, causes, _next_eligible(image, views)):
        return blocked
    if lost := next((view for view in views if view.built_on_gone), None):
        gone = f"the digest of {lost.name} that this image is built from no longer exists in the registry"
        reason = f"{_names(causes)} changed, but {gone}; waiting for a newer one"
        return Wait(Status.WAITING, _next_eligible(image, views), reason, causes=causes)
    opens = wave + window
    if max(now, *(view.now for view in causing)) < opens:
        reason = f"{_names(causes)} changed; grouping changes until {utc_time(opens)} before rebuilding"
        return _failed_before(image, Wait(Status.WAITING, opens, reason, wave, causes))
    if parent := _blocking_parent(edges, going, opens):
        return _failed_before(
            image, Wait(Status.DUE, None, f"waiting for {parent}, which is rebuilt first", wave, causes)
        )
    reason = ", ".join(_change(cause) for cause in causes)
    return Rebuild(causes, tuple(filter(None, (view.target(causing) for view in views))), key, wave, reason)


@dataclass(frozen=True, slots=True)
class _EdgeView:
    """One edge at one moment: the newer digests, and which of them have aged."""

    edge: Edge
    now: datetime
    delay: timedelta
    newer: Sequence[Observation]

    @property
    def eligible(self) -> Sequence[Observation]:
        return [seen for seen in self.newer if self.now - seen.first_seen >= self.delay_of(seen)]

    def delay_of(self, seen: Observation) -> timedelta:
        """None for a digest that our own rebuild made: its causes have aged. Others age, whoever enrolled the image."""
        return NO_DELAY if self.edge.made(seen) else self.delay

    @property
    def wave(self) -> datetime:
        """When the oldest eligible digest became eligible; a digest of our own rebuild has the wave of that rebuild."""
        return min(self._wave_of(seen) for seen in self.eligible)

    @property
    def name(self) -> str:
        return self.edge.dependency.image.familiar

    @property
    def built_on_gone(self) -> bool:
        """Whether a build would use the digest in `built_on` again, and that digest no longer exists."""
        built_on = self.edge.dependency.built_on
        if self.eligible or built_on is None or self.edge.dependency.pinned:
            return False
        seen = self.edge.ledger.find(built_on.digest)
        return seen is not None and seen.gone

    def _wave_of(self, seen: Observation) -> datetime:
        return self.edge.made(seen) or seen.first_seen + self.delay

    def cause(self) -> CauseState:
        newest, dependency = self.eligible[-1], self.edge.dependency
        before = dependency.built_on.digest if dependency.built_on else None
        return CauseState(
            dependency.name, dependency.image.familiar, newest.digest, before, newest.first_seen, self._wave_of(newest)
        )

    def target(self, causing: Sequence["_EdgeView"]) -> Target | None:
        """The digest to build on: the newest aged one, else the one in `built_on`; None where neither is known."""
        dependency = self.edge.dependency
        if dependency.pinned:
            return None
        aged = self.eligible
        digest = aged[-1].digest if aged else dependency.built_on.digest if dependency.built_on else None
        if digest is None:
            return None
        return Target(dependency.name, dependency.written, dependency.image, digest, self in causing)


def _view(now: datetime, image: ImageState, edge: Edge) -> _EdgeView:
    delay = NO_DELAY if edge.is_own else image.enrollment.rebuild_delay
    built_on = edge.dependency.built_on
    if built_on is None or edge.dependency.pinned:
        return _EdgeView(edge, now, delay, ())
    newer = edge.ledger.candidates(built_on, edge.dependency.platforms)
    return _EdgeView(edge, edge.ledger.clamp(now), delay, newer)


def _under_way(record: RebuildState) -> Wait:
    if record.retry_at is not None and record.error:
        return Wait(
            Status.DUE,
            record.retry_at,
            f"{record.error}; retrying at {utc_time(record.retry_at)}",
            record.wave,
            record.causes,
        )
    link = f" ({record.url})" if record.url else ""
    return Wait(Status.REBUILDING, None, f"rebuild {record.id} is in progress{link}", record.wave, record.causes)


def _blocked(
    image: ImageState, authority: Authority, key: str, causes: tuple[CauseState, ...], until: datetime | None
) -> Wait | None:
    """Why these causes cannot start a rebuild: one has ended, there is no build system, no rule, or it is on hold."""
    ended = next((record for record in reversed(image.rebuilds) if record.key == key), None)
    if ended is not None:
        return Wait(Status.FAILED, until, f"{_ending(ended)}; {_NEXT_TRY}", causes=causes)
    if why := needs_a_person(image, authority):
        return Wait(Status.HELD, None, f"{_names(causes)} changed, but {why}", causes=causes)
    return None


def needs_a_person(image: ImageState, authority: Authority) -> str | None:
    """Why the image is not rebuilt without a person: no build system, no rule, a hold, autoRebuild; None: it is."""
    if image.enrollment.build is None:
        return "the enrollment names no workflow"
    if authority.no_build:
        return authority.no_build
    if image.held is not None:
        return f"the image is on hold: {image.held}"
    return None if image.enrollment.auto_rebuild else "autoRebuild is off"


def _next_eligible(image: ImageState, views: Sequence["_EdgeView"]) -> datetime | None:
    """When the next ageing digest becomes eligible."""
    ageing = [
        seen.first_seen + view.delay
        for view in views
        if view.edge.dependency.causes(image.enrollment.rebuild_on)
        for seen in view.newer
        if view.now - seen.first_seen < view.delay_of(seen)
    ]
    return min(ageing, default=None)


def _blocking_parent(edges: Sequence[Edge], going: Mapping[str, datetime], opens: datetime) -> str | None:
    """A parent that is rebuilt in this wave; a parent of a later wave does not block its child."""
    waves = {maker.name: going[maker.name] for edge in edges for maker in edge.makers if maker.name in going}
    return min((parent for parent, wave in waves.items() if wave <= opens), default=None)


def _without_causes(image: ImageState, views: Sequence[_EdgeView]) -> Wait | Nothing:
    """The decision while no digest is eligible; the reason names an ageing digest, or the last rebuild that failed."""
    ageing = [
        (view.newer[0].first_seen + view.delay, view)
        for view in views
        if view.newer and view.edge.dependency.causes(image.enrollment.rebuild_on)
    ]
    if ageing:
        until, view = min(ageing, key=lambda item: item[0])
        reason = _ageing(view.edge.dependency.image.familiar, view.newer[0].first_seen, view.delay)
        return _failed_before(image, Wait(Status.WAITING, until, reason))
    if image.last_rebuild and image.last_rebuild.failed and not image.last_rebuild.active:
        return Wait(Status.FAILED, None, f"{_ending(image.last_rebuild)}; {_NEXT_TRY}")
    return Nothing()


def _failed_before(image: ImageState, wait: Wait) -> Wait:
    """The wait with status failed where the last build failed; its reason keeps what happens next."""
    last = image.last_rebuild
    if last is None or not last.failed:
        return wait
    return Wait(Status.FAILED, wait.until, f"{_ending(last)}; {wait.reason}", wait.wave, wait.causes)


def _ending(record: RebuildState) -> str:
    if record.error:
        return f"rebuild {record.id} failed: {record.error}"
    if record.conclusion is None:
        return f"rebuild {record.id} was requested before"
    return f"rebuild {record.id} ended with {record.conclusion.value}"


def _key(image: ImageState, authority: Authority, causes: Sequence[CauseState]) -> str:
    """Identifies an automatic rebuild. The time is part of it, because a tag may return to an earlier digest.

    So is an authority that is less than an admin's: with a new rule a refused rebuild is tried again.
    """
    parts = [image.name, repr(image.enrollment.source and image.enrollment.source.repo), repr(image.enrollment.build)]
    parts += [] if authority == ADMINS else [repr((authority.needs_id, authority.needs_default_branch))]
    parts += sorted(f"{cause.name} {cause.previous_digest} {cause.digest} {cause.first_seen}" for cause in causes)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _names(causes: Sequence[CauseState]) -> str:
    return ", ".join(cause.reference for cause in causes)


def _change(cause: CauseState) -> str:
    before = f"{_short(cause.previous_digest)} -> " if cause.previous_digest else ""
    return f"{cause.reference} changed: {before}{_short(cause.digest)}"


def _short(digest: Digest) -> str:
    return digest.partition(":")[2][:12]


def _ageing(name: str, since: datetime, delay: timedelta) -> str:
    """When the base changed and when the rebuild may start: dates for a delay of days, times for a shorter one."""
    moment = utc_day if delay >= _DAYS else utc_time
    return f"{name} changed on {moment(since)}; rebuild on or after {moment(since + delay)} ({_length(delay)} delay)"


def _length(delay: timedelta) -> str:
    """`7-day`; a delay that is not whole days as in an enrollment: `36h`."""
    whole = delay % timedelta(days=1) == NO_DELAY
    return f"{delay.days}-day" if whole else print_duration(delay)
