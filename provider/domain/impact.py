"""Which images would be rebuilt, and when, if the digest of an image changed now. Pure."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog.image import DependencyDocument, DependencyRole, Image, Role
from provider.domain.asking.coverage import Covered, is_needed, is_pinned
from provider.domain.duration import InvalidDuration, parse_duration
from provider.domain.edges.view import NO_DELAY
from provider.domain.enrollment import DEFAULT_REBUILD_DELAY, RebuildOn


@dataclass(frozen=True, slots=True)
class Impact:
    """One image that would be rebuilt.

    Attributes:
        depth: steps from the changed image; 1: a direct dependent.
        path: names from the changed image to this one, both included.
        eligible_at: when its first rebuild may start; None where it is not rebuilt without a person.
        automatic: False where it, or an image before it on the path, is not rebuilt without a person: it has no
            workflow, `autoRebuild` is off, it is on hold, or its entry may not build.
        reason: why it is not rebuilt without a person, a sentence that names the image on the path; None: it is.
    """

    name: str
    depth: int
    path: tuple[str, ...]
    eligible_at: datetime | None
    automatic: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Arrival:
    """One path to an image; the smallest is the one that counts: automatic, then early, then short."""

    by_hand: bool
    eligible_at: datetime
    depth: int
    path: tuple[str, ...]
    image: Image = field(compare=False)
    reason: str | None = field(compare=False, default=None)

    def impact(self) -> Impact:
        at = None if self.by_hand else self.eligible_at
        return Impact(self.image.name, self.depth, self.path, at, not self.by_hand, self.reason)


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
        reached[name] = arrival.impact()
        for further in _followers(arrival, dependents):
            heapq.heappush(waiting, further)
    return list(reached.values())


def emergency_impacts(found: Iterable[Covered], now: datetime) -> list[Impact]:
    """What an emergency covers, as impacts: each image after its parents, and those that cannot be built with why."""
    impacts: dict[str, Impact] = {}
    for each in found:
        depth = 1 + max((impacts[parent].depth for parent in each.parents if parent in impacts), default=0)
        buildable = each.why_not is None
        ignored = f"{each.name} is rebuilt although {each.overrides}" if each.overrides else None
        note = ignored if buildable else f"{each.name} cannot be built: {each.why_not}"
        impacts[each.name] = Impact(
            each.name, depth, (*each.parents, each.name), now if buildable else None, buildable, note
        )
    return list(impacts.values())


def can_cause(image: Image, dependency: DependencyDocument) -> bool:
    """Whether a change of the dependency is a cause: never where the build does not need it, and for pinned ones."""
    if image.role is not Role.MANAGED or not is_needed(dependency) or is_pinned(dependency):
        return False
    return dependency.role is DependencyRole.FINAL or _setting(image, "rebuildOn") != RebuildOn.FINAL


def _dependents(images: Iterable[Image]) -> Mapping[str, Sequence[tuple[Image, timedelta]]]:
    """The images that a change of each image rebuilds, each with the delay of that edge."""
    found: defaultdict[str, list[tuple[Image, timedelta]]] = defaultdict(list)
    for image in images:
        causes = {each.name: each.ages for each in image.dependencies if can_cause(image, each)}
        for name, ages in causes.items():
            found[name].append((image, _delay(image) if ages else NO_DELAY))
    return found


def _followers(arrival: _Arrival, dependents: Mapping[str, Sequence[tuple[Image, timedelta]]]) -> Iterator[_Arrival]:
    for image, delay in dependents.get(arrival.image.name, ()):
        path = (*arrival.path, image.name)
        eligible = arrival.eligible_at + delay
        reason = arrival.reason
        if image.by_hand is not None and image.by_hand_until is None:
            reason = reason or f"{image.name} will not be built automatically: {image.by_hand}"
        elif image.by_hand_until is not None:
            eligible = max(eligible, image.by_hand_until)
        yield _Arrival(reason is not None, eligible, arrival.depth + 1, path, image, reason)


def _delay(image: Image) -> timedelta:
    written = _setting(image, "rebuildDelay")
    try:
        return parse_duration(written) if isinstance(written, str) else DEFAULT_REBUILD_DELAY
    except InvalidDuration:
        return DEFAULT_REBUILD_DELAY


def _setting(image: Image, key: str) -> object:
    return (image.enrollment or {}).get(key)
