"""The status of an image with its reason: one function, from which every reader takes both. Pure.

`up-to-date` is proven, never what remains: it needs known evidence for each dependency that can cause a rebuild,
dependencies that can be read, and parents that are up to date themselves. `docs/statuses.md` lists the cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.image import DiscoveryStatus, Evidence, Status
from catalog.reference import Digest
from catalog.times import utc_day
from provider.domain.build_request import BASE_IMAGES
from provider.domain.edges.behind import behind_since
from provider.domain.edges.edge import Edge
from provider.domain.rebuild import Decision, Nothing, Rebuild, Wait
from provider.domain.state import DependencyState, ImageState

_ORDER = list(Status)
_BEHIND = frozenset({Status.REBUILDING, Status.FAILED, Status.DUE, Status.HELD, Status.WAITING})
_NOTHING_FROM_OUTSIDE = "its Dockerfile names no image from outside"
_PROVEN = "built on the latest eligible digest of every base image"
_OTHERS_FIRST = "; waiting for other builds to finish"
_SHORT = 12


@dataclass(frozen=True, slots=True)
class ImageStatus:
    """A status, and why the image has it.

    Attributes:
        status: the first that holds, in the order of `Status`.
        reason: a sentence for a person.
        until: when the next rebuild can start; None where nothing waits for a time.
        root: the managed image further up where the cause is; None: the image itself.
        root_reason: the reason of that image.
        behind_since: since when a newer digest is known that the image does not contain; None where none is known.
    """

    status: Status
    reason: str
    until: datetime | None = None
    root: str | None = None
    root_reason: str | None = None
    behind_since: datetime | None = None


def status_of(
    now: datetime,
    image: ImageState,
    edges: Sequence[Edge],
    decision: Decision,
    parents: Mapping[str, ImageStatus],
    error: str | None = None,
) -> ImageStatus:
    """The first status that holds for an image.

    Args:
        now: by our own clock.
        image: the image.
        edges: all its dependencies.
        decision: about its next rebuild.
        parents: the status of at least each managed image that `edges` name as a maker.
        error: an unexpected error of the last round.
    """
    pulled = [edge for edge in edges if edge.dependency.counts(image.enrollment.rebuild_on)]
    causes = [edge for edge in edges if edge.dependency.causes(image.enrollment.rebuild_on)]
    found = [*_own(image, decision, error), *_held(pulled), *_skipped(image, causes)]
    found += _from_parents(causes, parents)
    found += [*_changing(causes), *_unknown(image, pulled), *_unverified(image, causes), *_not_built_since(pulled)]
    behind = behind_since(image, edges, _behind(parents, edges))
    if not found:
        proven = _PROVEN if pulled else _NOTHING_FROM_OUTSIDE
        return ImageStatus(Status.UP_TO_DATE, _with_hold(now, image, proven), behind_since=behind)
    first = min(found, key=lambda status: _ORDER.index(status.status))
    # What waits for a time is shown also where another status comes first.
    until = first.until or (decision.until if isinstance(decision, Wait) else None)
    return ImageStatus(first.status, _with_hold(now, image, first.reason), until, first.root, first.root_reason, behind)


def _behind(parents: Mapping[str, ImageStatus], edges: Sequence[Edge]) -> Mapping[str, datetime]:
    """The managed images at the other ends that are behind, each with its time."""
    makers = {maker.name for edge in edges for maker in edge.makers if maker.name in parents}
    return {name: since for name in makers if (since := parents[name].behind_since)}


def _with_hold(now: datetime, image: ImageState, reason: str) -> str:
    """The reason, and the hold that is on the image, also where nothing waits for its end."""
    hold = image.hold(now)
    return reason if hold is None or hold.text in reason else f"{reason}; {hold.text}"


def waiting_for_a_cap(status: ImageStatus) -> ImageStatus:
    """The status of an image that may be rebuilt now, while others are built first."""
    if status.reason.endswith(_OTHERS_FIRST):
        return status
    return replace(status, reason=f"{status.reason}{_OTHERS_FIRST}")


def _own(image: ImageState, decision: Decision, error: str | None) -> Iterator[ImageStatus]:
    """What the checks and the decision say."""
    failure = error or (image.error.message if image.error else image.discovery_error)
    if failure:
        coming = "" if isinstance(decision, Nothing) else f"; {decision.reason}"
        yield ImageStatus(Status.ERROR, f"{failure}{coming}")
    if isinstance(decision, Rebuild):
        yield ImageStatus(Status.DUE, decision.reason)
    elif isinstance(decision, Wait):
        yield ImageStatus(decision.status, decision.reason)


def _held(pulled: Sequence[Edge]) -> Iterator[ImageStatus]:
    """Pinned dependencies whose tag points to another digest now."""
    for edge in pulled:
        pinned, current = edge.dependency.image, edge.ledger.current
        if pinned.digest is None or pinned.tag is None or current is None:
            continue
        found = edge.ledger.find(pinned.digest)
        if current.digest == pinned.digest or (found and current.same_for(edge.dependency.platforms, found)):
            continue
        name = pinned.tagged.familiar
        since = f"moved on {utc_day(current.first_seen)}" if found else f"points to {_short(current.digest)}"
        yield ImageStatus(
            Status.HELD,
            f"{name} is pinned to {_short(pinned.digest)} in the Dockerfile, and the tag {since}; "
            "change the digest in the Dockerfile to build on the newer one",
        )


def _skipped(image: ImageState, causes: Sequence[Edge]) -> Iterator[ImageStatus]:
    """Dependencies whose newest digest people do not want for the image."""
    for edge in causes if image.skips else ():
        built_on = edge.dependency.built_on
        newer = edge.ledger.candidates(built_on, edge.dependency.platforms) if built_on else ()
        skip = image.skip_of(newer[-1].digest) if newer else None
        if skip:
            name = edge.dependency.image.familiar
            yield ImageStatus(Status.HELD, f"the newest digest of {name}, {_short(skip.digest)}, is {skip.text}")


def _from_parents(causes: Sequence[Edge], parents: Mapping[str, ImageStatus]) -> Iterator[ImageStatus]:
    """What follows from the managed images that the image is built from."""
    for edge in causes:
        for maker in edge.makers:
            if (parent := parents.get(maker.name)) and parent.status is not Status.UP_TO_DATE:
                yield _from_parent(maker.name, parent)


def _from_parent(name: str, parent: ImageStatus) -> ImageStatus:
    root, reason = parent.root or name, parent.root_reason or parent.reason
    over = f" (through {name})" if root != name else ""
    if parent.status in _BEHIND:
        return ImageStatus(Status.WAITING, f"waiting for {root}{over}: {reason}", parent.until, root, reason)
    status = Status.UNVERIFIED if parent.status is Status.UNVERIFIED else Status.UNKNOWN
    return ImageStatus(status, f"built from {root}{over}, which is {parent.status.value}: {reason}", None, root, reason)


def _changing(causes: Sequence[Edge]) -> Iterator[ImageStatus]:
    """Dependencies with a newer digest that cannot be judged yet, or that is not complete."""
    for edge in causes:
        current, built_on = edge.ledger.current, edge.dependency.built_on
        if current is None or current.gone or (built_on and built_on.digest == current.digest):
            continue
        changed = f"{edge.dependency.image.familiar} changed on {utc_day(current.first_seen)}"
        if current.unread:
            yield ImageStatus(Status.WAITING, f"{changed}, but its manifest cannot be read yet; retrying")
        elif lost := edge.ledger.lost_platforms(edge.dependency.platforms):
            missing = ", ".join(lost)
            yield ImageStatus(Status.WAITING, f"{changed}, but the new index has no {missing}; waiting until it has")


def _unknown(image: ImageState, pulled: Sequence[Edge]) -> Iterator[ImageStatus]:
    """What is not known, with the dependency and the reason named."""
    if not image.ledger.observations:
        yield _not_known("not checked yet")
    elif image.discovery is DiscoveryStatus.PENDING:
        yield _not_known("its Dockerfile has not been read yet")
    for missing in image.unresolved:
        yield _not_known(f"{missing.name} ({missing.place}) has no value, so the image that it names is not watched")
    for name in image.unconfirmed:
        if name.absent:
            yield _not_known(name.question)
    if image.warnings and not image.dependencies:
        yield _not_known(f"{image.warnings[0].place} is not understood: {image.warnings[0].message}")
    yield from (_not_known(why) for edge in pulled if (why := _unknown_edge(edge)))


def _unknown_edge(edge: Edge) -> str | None:
    dependency, current = edge.dependency, edge.ledger.current
    name = dependency.image.familiar
    if dependency.pinned and dependency.image.tag is None:
        return (
            f"{name} is pinned without a tag, so whether it is the latest is not known; write the tag before the digest"
        )
    if current and current.gone and not dependency.pinned:
        return f"the digest that {name} points to no longer exists in the registry"
    if edge.error:
        return f"{name} cannot be checked: {edge.error.message}"
    if current is None:
        return f"{name} has not been checked yet"
    if dependency.pinned:
        return None
    if dependency.built_on is None:
        return f"which digest of {name} it was built from has not been read yet"
    return None


def _unverified(image: ImageState, causes: Sequence[Edge]) -> Iterator[ImageStatus]:
    """Dependencies whose digest was only assumed, or that the built image contradicts."""
    last = image.last_rebuild
    takes_none = last is not None and BASE_IMAGES in last.not_passed
    for edge in causes:
        if edge.dependency.evidence is Evidence.ASSUMED:
            next_step = (
                f"declare the input {BASE_IMAGES} in the workflow" if takes_none else "a rebuild makes it certain"
            )
            name = edge.dependency.image.familiar
            why = f"which digest of {name} it was built from is not known; {next_step}"
            yield ImageStatus(Status.UNVERIFIED, why)
        elif edge.dependency.evidence is Evidence.MISMATCH:
            yield ImageStatus(Status.UNVERIFIED, mismatch(edge.dependency))


def _not_built_since(pulled: Sequence[Edge]) -> Iterator[ImageStatus]:
    """Pinned dependencies whose digest in the Dockerfile was changed after the image was built."""
    for edge in pulled:
        pin, built_on = edge.dependency.image.digest, edge.dependency.built_on
        if pin is None or built_on is None:
            continue
        name, evidence = edge.dependency.image.tagged.familiar, edge.dependency.evidence
        if evidence is Evidence.MISMATCH:
            found = f"the image is not built from {_short(pin)} of {name}, which its Dockerfile pins"
        elif evidence in (Evidence.LABEL, Evidence.LAYERS) and built_on.digest != pin:
            found = (
                f"the image is built from {_short(built_on.digest)} of {name}, and its Dockerfile pins {_short(pin)}"
            )
        else:
            continue
        yield ImageStatus(Status.UNVERIFIED, f"{found}; build the image to use it")


def mismatch(dependency: DependencyState) -> str:
    """The sentence about a dependency that was built from another digest than the rebuild passed."""
    passed = f"{_short(dependency.built_on.digest)} of " if dependency.built_on else ""
    return (
        f"the last rebuild was told to use {passed}{dependency.image.familiar}, but the new image is built from "
        f"another digest; check how the workflow uses {BASE_IMAGES}"
    )


def _not_known(reason: str) -> ImageStatus:
    return ImageStatus(Status.UNKNOWN, reason)


def _short(digest: Digest) -> str:
    return digest.partition(":")[2][:_SHORT]
