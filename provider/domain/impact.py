"""Which images would be rebuilt, and when, if the digest of an image changed now. Pure."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog.image import DependencyDocument, DependencyRole, Image, Role
from catalog.reference import ImageReference, InvalidReference
from provider.domain.duration import InvalidDuration, parse_duration
from provider.domain.enrollment import DEFAULT_REBUILD_DELAY, RebuildOn
from provider.domain.rebuild import NO_DELAY


@dataclass(frozen=True, slots=True)
class Impact:
    """One image that would be rebuilt.

    Attributes:
        depth: steps from the changed image; 1: a direct dependent.
        path: names from the changed image to this one, both included.
        eligible_at: when its first rebuild may start.
        automatic: False where it, or an image before it on the path, is not rebuilt without a person: it has no
            workflow, `autoRebuild` is off, it is on hold, or its entry may not build.
    """

    name: str
    depth: int
    path: tuple[str, ...]
    eligible_at: datetime
    automatic: bool


@dataclass(frozen=True, slots=True, order=True)
class _Arrival:
    """One path to an image; the smallest is the one that counts: automatic, then early, then short."""

    by_hand: bool
    eligible_at: datetime
    depth: int
    path: tuple[str, ...]
    image: Image = field(compare=False)


def impact_of(moved: Image, images: Iterable[Image], now: datetime) -> list[Impact]:
    """The managed images that would be rebuilt, in the order in which they become eligible.

    A digest waits for the delay of each image that does not trust its maker; there is no delay where it does, or where
    the organisation builds the repository itself. Of several paths to an image the earliest automatic one counts.
    """
    dependents = _dependents(images)
    start = _Arrival(by_hand=False, eligible_at=now, depth=0, path=(moved.name,), image=moved)
    waiting = list(_followers(start, dependents))
    heapq.heapify(waiting)
    reached: dict[str, Impact] = {}
    while waiting:
        arrival = heapq.heappop(waiting)
        name = arrival.image.name
        if name in reached or name == moved.name:
            continue
        reached[name] = Impact(name, arrival.depth, arrival.path, arrival.eligible_at, not arrival.by_hand)
        for further in _followers(arrival, dependents):
            heapq.heappush(waiting, further)
    return list(reached.values())


def _dependents(images: Iterable[Image]) -> Mapping[str, Sequence[tuple[Image, timedelta]]]:
    """The images that a change of each image rebuilds, each with the delay of that edge."""
    found: defaultdict[str, list[tuple[Image, timedelta]]] = defaultdict(list)
    for image in images:
        causes = {each.name: each.ages for each in image.dependencies if _can_cause(image, each)}
        for name, ages in causes.items():
            found[name].append((image, _delay(image) if ages else NO_DELAY))
    return found


def _followers(arrival: _Arrival, dependents: Mapping[str, Sequence[tuple[Image, timedelta]]]) -> Iterator[_Arrival]:
    for image, delay in dependents.get(arrival.image.name, ()):
        by_hand = arrival.by_hand or not image.automatic
        path = (*arrival.path, image.name)
        yield _Arrival(by_hand, arrival.eligible_at + delay, arrival.depth + 1, path, image)


def _can_cause(image: Image, dependency: DependencyDocument) -> bool:
    """Whether a change of the dependency is a cause: never for unused and syntax images, and for pinned references."""
    unused = dependency.role in (DependencyRole.UNUSED, DependencyRole.SYNTAX)
    if image.role is not Role.MANAGED or unused or _is_pinned(dependency):
        return False
    return dependency.role is DependencyRole.FINAL or _setting(image, "rebuildOn") != RebuildOn.FINAL


def _is_pinned(dependency: DependencyDocument) -> bool:
    try:
        return ImageReference.parse(dependency.reference).digest is not None
    except InvalidReference:
        return False


def _delay(image: Image) -> timedelta:
    written = _setting(image, "rebuildDelay")
    try:
        return parse_duration(written) if isinstance(written, str) else DEFAULT_REBUILD_DELAY
    except InvalidDuration:
        return DEFAULT_REBUILD_DELAY


def _setting(image: Image, key: str) -> object:
    return (image.enrollment or {}).get(key)
