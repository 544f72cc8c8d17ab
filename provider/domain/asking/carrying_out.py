"""Carry out the requests of people: the change of the state, and an outcome for each request. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from provider.containment import contained
from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.asking.request import Outcome, PersonRequest, RequestKind
from provider.domain.lifecycle import settle
from provider.domain.policy.authority import authority_of
from provider.domain.rebuild import cannot_be_built
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState
from provider.errors import InternalError


class CannotCarryOut(Exception):
    """A request cannot be carried out; the message says why."""


_Change = Callable[[datetime, Snapshot, PersonRequest], Changes]


def carry_out(
    now: datetime, snapshot: Snapshot, requests: Sequence[PersonRequest]
) -> tuple[Changes, dict[str, Outcome]]:
    """Carry out the requests in their order; what has ended by itself is removed first.

    Args:
        now: by our own clock.
        snapshot: the state before.
        requests: a request that was carried out before changes nothing.

    Returns:
        The changes, and the outcome of each request by its id. An unexpected error of one image or of one request is
        in the changes or in the outcome, and does not stop the others.
    """
    changes, outcomes = lapsed(now, snapshot), {}
    for request in requests:
        more = contained(f"request {request.id}", _change, now, changes.apply(snapshot), request)
        if not isinstance(more, Changes):
            outcomes[request.id] = Outcome(done=False, message=str(more))
            continue
        changes.add(more)
        if more:
            changes.add(Changes(requested_by=[request.requested_by]))
        failed = [f"{name}: {error}" for name, error in more.errors.items()]
        done = bool(more) or not failed
        outcomes[request.id] = Outcome(done, message="; ".join([*more.reasons, *failed]))
    return changes, outcomes


def _change(now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes | CannotCarryOut:
    try:
        return _CHANGES[request.kind](now, snapshot, request)
    except CannotCarryOut as refusal:
        return refusal


def lapsed(now: datetime, snapshot: Snapshot) -> Changes:
    """Remove holds that have ended, and rebuilds that people asked for and that did not start in time."""
    changes = Changes()
    for name, image in snapshot.images.items():
        one = contained(name, _lapsed_one, now, name, image)
        if one is not None:
            changes.add(Changes(errors={name: str(one)}) if isinstance(one, InternalError) else one)
    return changes


def _lapsed_one(now: datetime, name: str, image: ImageState) -> Changes | None:
    if image.held is None and image.asked == ():
        return None
    changes, after = Changes(), image
    if image.held and not image.held.holds(now):
        changes.reasons.append(f"{name}: the hold has ended: {image.held.text}")
        after = replace(after, held=None)
    if dropped := [asked for asked in image.asked if not asked.is_open(now)]:
        changes.reasons += [f"{name}: dropped, because it did not start in time: {asked.text}" for asked in dropped]
        after = replace(after, asked=image.open_requests(now))
    if after is not image:
        changes.images[name] = after
    return changes


def _rebuild(_now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes:
    image = _image(snapshot, request.name)
    if why := cannot_be_built(image, authority_of(snapshot.policy, image.enrollment)):
        raise CannotCarryOut(f"{image.name} cannot be rebuilt: {why}")
    return _asked(snapshot, [image.name], request, emergency=False)


def _emergency(now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes:
    if request.until is not None and now >= request.until:
        raise CannotCarryOut("it expired before it could start")
    names = [name for name in request.images if name in snapshot.images]
    if not names:
        raise CannotCarryOut("none of its images is enrolled any longer")
    return _asked(snapshot, names, request, emergency=True)


def _asked(snapshot: Snapshot, names: Sequence[str], request: PersonRequest, *, emergency: bool) -> Changes:
    asked = AskedRebuild(
        request.id, request.requested_by, request.reason, request.at, emergency, request.cve, request.until
    )
    changes = Changes()
    for name in names:
        one = contained(name, _asked_one, snapshot.images[name], asked)
        changes.add(Changes(errors={name: str(one)}) if isinstance(one, InternalError) else one)
    return changes


def _asked_one(image: ImageState, asked: AskedRebuild) -> Changes:
    if image.knows_request(asked.id):
        return Changes()
    return _changed(image, replace(image, asked=(*image.asked, asked)), asked.text)


def _hold(_now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes:
    hold = Hold(request.reason, request.requested_by, request.at, request.until)
    image = _image(snapshot, request.name)
    return _changed(image, replace(image, held=hold), hold.text)


def _release(_now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes:
    image = _image(snapshot, request.name)
    why = f": {request.reason}" if request.reason else ""
    return _changed(image, replace(image, held=None), f"released by {request.requested_by}{why}")


def _skip(_now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes:
    image = _image(snapshot, request.name)
    if request.digest is None:
        raise CannotCarryOut("the digest is missing")
    skip = Skip(request.digest, request.reason, request.requested_by, request.at)
    others = tuple(known for known in image.skips if known.digest != request.digest)
    return _changed(image, replace(image, skips=(*others, skip)), f"{request.digest} is {skip.text}")


def _unskip(_now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes:
    image = _image(snapshot, request.name)
    left = tuple(known for known in image.skips if known.digest != request.digest)
    why = f": {request.reason}" if request.reason else ""
    reason = f"{request.digest} is no longer skipped, by {request.requested_by}{why}"
    return _changed(image, replace(image, skips=left), reason)


def _removals(now: datetime, snapshot: Snapshot, request: PersonRequest) -> Changes:
    """Let go the images of one file whose removal waits, so many as were shown and still wait."""
    allowed = set(request.images).intersection(snapshot.removals.get(request.name, ()))
    if not allowed:
        raise CannotCarryOut(f"no removal of {request.name} waits any longer")
    changes = settle(now, snapshot.without(allowed))
    why = f": {request.reason}" if request.reason else ""
    changes.reasons.append(f"{request.name}: removals allowed by {request.requested_by} ({len(allowed)}){why}")
    return changes


def _changed(image: ImageState, after: ImageState, reason: str) -> Changes:
    changes = Changes()
    if after != image:
        changes.images[image.name] = after
        changes.reasons.append(f"{image.name}: {reason}")
    return changes


def _image(snapshot: Snapshot, name: str) -> ImageState:
    if image := snapshot.images.get(name):
        return image
    raise CannotCarryOut(f"there is no managed image named {name} any longer")


_CHANGES: Mapping[RequestKind, _Change] = {
    RequestKind.REBUILD: _rebuild,
    RequestKind.EMERGENCY: _emergency,
    RequestKind.HOLD: _hold,
    RequestKind.RELEASE: _release,
    RequestKind.SKIP: _skip,
    RequestKind.UNSKIP: _unskip,
    RequestKind.REMOVALS: _removals,
}
