"""Decide when a managed image is rebuilt, and give the reason when it has to wait.

Nothing here reads a clock, a store or the network: state and `now` come in, a value with its reason goes out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from catalog.image import Status
from catalog.reference import Digest
from catalog.times import utc_day, utc_time
from provider.domain.asking.asked import AskedRebuild
from provider.domain.duration import print_duration
from provider.domain.edges.edge import Edge
from provider.domain.edges.view import NO_DELAY, EdgeView, asked_view, view_of
from provider.domain.policy.authority import ADMINS, Authority
from provider.domain.state import CauseState, ImageState, RebuildState, Target

_DAYS = timedelta(days=2)
_NEXT_TRY = "the next attempt follows when a base image changes again"


class WaitFor(StrEnum):
    """What a rebuild waits for.

    Attributes:
        DELAY: a new digest of a base image has to age.
        GROUPING: the coordination window is open, in which other changes may join.
        PARENT: another image is rebuilt first.
        SIGNATURE: no signature of a new digest verifies.
        DIGEST: a digest that the build would use again no longer exists.
        PERSON: a hold, autoRebuild, or an enrollment that does not say how the image is built, or may not.
        RETRY: the build system did not take the request, and gets it again.
        LIMIT: as many builds as permitted are in progress.
        STOPPED: no rebuild is sent now.
    """

    DELAY = "delay"
    GROUPING = "grouping"
    PARENT = "parent"
    SIGNATURE = "signature"
    DIGEST = "digest"
    PERSON = "person"
    RETRY = "retry"
    LIMIT = "limit"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rebuild now, on exactly these digests; `asked`: the requests of people that this carries out."""

    causes: tuple[CauseState, ...]
    targets: tuple[Target, ...]
    key: str
    wave: datetime
    reason: str
    asked: tuple[AskedRebuild, ...] = ()

    @property
    def emergency(self) -> bool:
        """Whether a person asked for it as an emergency."""
        return any(asked.emergency for asked in self.asked)


@dataclass(frozen=True, slots=True)
class Wait:
    """Do not rebuild before `until` (None: before something else changes).

    `wave` is set when the image will be rebuilt without a person: then its dependents wait for it. `what` is None where
    no rebuild waits: one is in progress or has failed, or the image has an error.
    """

    status: Status
    until: datetime | None
    reason: str
    wave: datetime | None = None
    causes: tuple[CauseState, ...] = ()
    what: WaitFor | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no newer digest to build on; `status.py` says what is known of the digests that are there."""


_NOTHING = Nothing()


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
    if asked := image.open_requests(now):
        return _asked(now, image, edges, going, window, authority, asked)
    views = [view_of(now, image, edge) for edge in edges]
    causing = _causing(image, views)
    if not causing:
        return _without_causes(now, image, views, authority)
    causes = tuple(view.cause() for view in causing)
    wave = min(view.wave for view in causing)
    key = _key(image, authority, causes)
    if blocked := _blocked(now, image, authority, key, causes, _next_eligible(image, views)):
        return blocked
    if lost := _lost(views):
        reason = f"{_names(causes)} changed, but {lost}; waiting for a newer one"
        return Wait(Status.WAITING, _next_eligible(image, views), reason, causes=causes, what=WaitFor.DIGEST)
    opens = wave + window
    if max(now, *(view.now for view in causing)) < opens:
        reason = f"{_names(causes)} changed; grouping changes until {utc_time(opens)} before rebuilding"
        return _failed_before(image, Wait(Status.WAITING, opens, reason, wave, causes, WaitFor.GROUPING))
    if parent := _blocking_parent(edges, going, opens):
        reason = f"waiting for {parent}, which is rebuilt first"
        return _failed_before(image, Wait(Status.DUE, None, reason, wave, causes, WaitFor.PARENT))
    return Rebuild(causes, _targets(views, causing), key, wave, _changes(causes))


def _asked(
    now: datetime,
    image: ImageState,
    edges: Sequence[Edge],
    going: Mapping[str, datetime],
    window: timedelta,
    authority: Authority,
    asked: tuple[AskedRebuild, ...],
) -> Rebuild | Wait:
    """The decision for a rebuild that people asked for: of the reasons to wait, only some count.

    Every such rebuild needs a build system and a rule, and waits for its parents. One that is no emergency waits for
    delays and for an open coordination window too.
    """
    emergency = any(each.emergency for each in asked)
    views = [asked_view(now, image, edge, emergency=emergency) for edge in edges]
    causing = _causing(image, views)
    causes = tuple(view.cause() for view in causing)
    wishes = "; ".join((*(each.text for each in asked), *_unsigned_texts(image, views)))
    if why := cannot_be_built(image, authority):
        return Wait(Status.HELD, None, f"{wishes}; it cannot start: {why}", causes=causes, what=WaitFor.PERSON)
    if emergency and not causes and any(_unsigned_texts(image, views)):
        why = "an emergency does not use it either; the rebuild starts when a signature verifies"
        return Wait(Status.HELD, None, f"{wishes}; {why}", what=WaitFor.SIGNATURE)
    if lost := _lost(views):
        reason = f"{wishes}; {lost}; waiting for a newer one"
        return Wait(Status.WAITING, _next_eligible(image, views), reason, what=WaitFor.DIGEST)
    first = min(each.at for each in asked)
    wave = min([first, *(view.wave for view in causing)])
    opens = first if emergency else min((view.wave for view in causing), default=first) + window
    if causes and not emergency and now < opens:
        reason = f"{wishes}; {_names(causes)} changed; grouping changes until {utc_time(opens)} before rebuilding"
        return Wait(Status.WAITING, opens, reason, wave, causes, WaitFor.GROUPING)
    if parent := _blocking_parent(edges, going, opens):
        reason = f"{wishes}; waiting for {parent}, which is rebuilt first"
        return Wait(Status.DUE, None, reason, wave, causes, WaitFor.PARENT)
    key = _key(image, authority, causes) if causes else _asked_key(image, asked)
    reason = "; ".join(filter(None, (wishes, _changes(causes))))
    return Rebuild(causes, _targets(views, causing), key, wave, reason, asked)


def _causing(image: ImageState, views: Sequence[EdgeView]) -> list[EdgeView]:
    return [view for view in views if view.eligible and view.edge.dependency.causes(image.enrollment.rebuild_on)]


def _targets(views: Sequence[EdgeView], causing: Sequence[EdgeView]) -> tuple[Target, ...]:
    return tuple(filter(None, (view.target(causing) for view in views)))


def _lost(views: Sequence[EdgeView]) -> str | None:
    """The sentence about a digest that a build would use again, and that no longer exists; None where there is none."""
    lost = next((view for view in views if view.built_on_gone), None)
    if lost is None:
        return None
    return f"the digest of {lost.name} that this image is built from no longer exists in the registry"


def _under_way(record: RebuildState) -> Wait:
    if record.retry_at is not None and record.error:
        return Wait(
            Status.DUE,
            record.retry_at,
            f"{record.error}; retrying at {utc_time(record.retry_at)}",
            record.wave,
            record.causes,
            WaitFor.RETRY,
        )
    link = f" ({record.url})" if record.url else ""
    return Wait(Status.REBUILDING, None, f"rebuild {record.id} is in progress{link}", record.wave, record.causes)


def _blocked(
    now: datetime,
    image: ImageState,
    authority: Authority,
    key: str,
    causes: tuple[CauseState, ...],
    until: datetime | None,
) -> Wait | None:
    """Why these causes cannot start a rebuild: one has ended, there is no build system, no rule, or it is on hold."""
    ended = next((record for record in reversed(image.rebuilds) if record.key == key), None)
    if ended is not None:
        return Wait(Status.FAILED, until, f"{_ending(ended)}; {_NEXT_TRY}", causes=causes)
    if why := needs_a_person(now, image, authority):
        reason = f"{_names(causes)} changed, but {why}"
        return Wait(Status.HELD, end_of_hold(now, image, authority), reason, None, causes, WaitFor.PERSON)
    return None


def needs_a_person(now: datetime, image: ImageState, authority: Authority) -> str | None:
    """Why the image is not rebuilt without a person: no build system, no rule, a hold, autoRebuild; None: it is."""
    if why := cannot_be_built(image, authority):
        return why
    if hold := image.hold(now):
        return f"the image is {hold.text}"
    return None if image.enrollment.auto_rebuild else "autoRebuild is off"


def cannot_be_built(image: ImageState, authority: Authority) -> str | None:
    """Why no rebuild can start, also if a person asks for it: no build system, or no rule; None: one can."""
    return "the enrollment names no workflow" if image.enrollment.build is None else authority.no_build


def end_of_hold(now: datetime, image: ImageState, authority: Authority) -> datetime | None:
    """When automatic rebuilds start again by themselves; None where a person has to do something."""
    hold = image.hold(now)
    if hold is None or not image.enrollment.auto_rebuild or cannot_be_built(image, authority):
        return None
    return hold.until


def _next_eligible(image: ImageState, views: Sequence[EdgeView]) -> datetime | None:
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


def _without_causes(
    now: datetime, image: ImageState, views: Sequence[EdgeView], authority: Authority
) -> Wait | Nothing:
    """The decision while no digest is eligible; the reason names an ageing digest, or the last rebuild that failed."""
    ageing = [
        (view.newer[0].first_seen + view.delay, view)
        for view in views
        if view.newer and view.edge.dependency.causes(image.enrollment.rebuild_on)
    ]
    if ageing:
        until, view = min(ageing, key=lambda item: item[0])
        if why := needs_a_person(now, image, authority):
            end = end_of_hold(now, image, authority)
            changed = f"{view.name} changed on {utc_day(view.newer[0].first_seen)}"
            reason = f"{changed}; it will not be rebuilt automatically: {why}"
            end = max(end, until) if end else None
            return _failed_before(image, Wait(Status.WAITING, end, reason, what=WaitFor.PERSON))
        reason = _ageing(view.name, view.newer[0].first_seen, view.delay)
        return _failed_before(image, Wait(Status.WAITING, until, reason, what=WaitFor.DELAY))
    if unsigned := next((wait for view in views if (wait := _unsigned(image, view))), None):
        return _failed_before(image, unsigned)
    if image.last_rebuild and image.last_rebuild.failed and not image.last_rebuild.active:
        return Wait(Status.FAILED, None, f"{_ending(image.last_rebuild)}; {_NEXT_TRY}")
    return _NOTHING


def _unsigned(image: ImageState, view: EdgeView) -> Wait | None:
    """The wait for a signature of the newest digest, held for a person once it has aged; None where it needs none.

    It is no wave: nobody knows whether a signature comes, so no child waits for it.
    """
    text = _unsigned_text(image, view)
    if text is None:
        return None
    newest = view.unsigned[-1]
    aged = newest.first_seen + view.delay
    if view.now < aged:
        return Wait(Status.WAITING, aged, text, what=WaitFor.SIGNATURE)
    failed = view.edge.trust is not None and view.edge.trust.failed(newest.digest)
    return Wait(Status.HELD if failed else Status.WAITING, None, text, what=WaitFor.SIGNATURE)


def _unsigned_texts(image: ImageState, views: Sequence[EdgeView]) -> list[str]:
    return [text for view in views if (text := _unsigned_text(image, view))]


def _unsigned_text(image: ImageState, view: EdgeView) -> str | None:
    """The sentence about a newest digest that is not used because no signature verifies; None where there is none."""
    trust = view.edge.trust
    if trust is None or not view.unsigned or not view.edge.dependency.causes(image.enrollment.rebuild_on):
        return None
    if view.newer and view.newer[-1].first_seen > view.unsigned[-1].first_seen:
        return None
    newest = view.unsigned[-1]
    return f"{view.name} changed on {utc_day(newest.first_seen)}; {trust.why_not(newest.digest)}"


def _failed_before(image: ImageState, wait: Wait) -> Wait:
    """The wait with status failed where the last build failed; its reason keeps what happens next."""
    last = image.last_rebuild
    if last is None or not last.failed:
        return wait
    return replace(wait, status=Status.FAILED, reason=f"{_ending(last)}; {wait.reason}")


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


def _asked_key(image: ImageState, asked: Sequence[AskedRebuild]) -> str:
    """Identifies a rebuild without causes by the requests that it carries out."""
    parts = [image.name, *sorted(each.id for each in asked)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _names(causes: Sequence[CauseState]) -> str:
    return ", ".join(cause.reference for cause in causes)


def _changes(causes: Sequence[CauseState]) -> str:
    return ", ".join(map(_change, causes))


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
