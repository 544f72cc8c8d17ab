"""The recorded histories as events: what every replay of them has in common. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provider.domain.asking.asked import AskedRebuild
from provider.domain.ledger import Ledger, Observation
from provider.domain.planning.topology import Topology
from provider.domain.simulation.start_state import built_on_at, pushes
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildState


@dataclass(frozen=True, slots=True)
class BaseMove:
    """From `at` on, the history of the base is `ledger`. The ledgers of all replays are the same objects."""

    at: datetime
    name: str
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class ImagePush:
    """At `at`, a build that is not ours pushed an image; the first digest of an image is one too."""

    name: str
    seen: Observation
    first: bool

    @property
    def at(self) -> datetime:
        """When the digest was first seen."""
        return self.seen.first_seen


@dataclass(frozen=True, slots=True)
class Histories:
    """What happened from outside between two times.

    Attributes:
        start: the beginning of the replay.
        until: its end.
        images: as they were at the start; an image that was enrolled later has no `built_on` yet.
        bases: as they were at the start.
        topology: of the images, as it is today.
        recorded: the snapshot: what was recorded.
        moves: of base images, in order.
        pushes: of managed images, in order.
        arrivals: images that were enrolled after the start: when, and with which dependencies.
        asked: the rebuilds that people asked for: when they were first carried out, and for which image.
        dependents: the images that depend on each base or image.
    """

    start: datetime
    until: datetime
    images: Mapping[str, ImageState]
    bases: Mapping[str, BaseState]
    topology: Topology
    recorded: Snapshot
    moves: Sequence[BaseMove]
    pushes: Sequence[ImagePush]
    arrivals: Sequence[tuple[datetime, str, tuple[DependencyState, ...]]]
    asked: Sequence[tuple[str, AskedRebuild]]
    dependents: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, snapshot: Snapshot, start: datetime, until: datetime) -> "Histories":
        """The histories of a snapshot."""
        images = {name: _at_start(start, image, snapshot) for name, image in snapshot.images.items()}
        moves = [move for base in snapshot.bases.values() for move in _moves(base, start, until)]
        found = [push for image in snapshot.images.values() for push in _pushes(image, start, until)]
        arrivals = [
            (image.enrolled_at, name, _dependencies(image.enrolled_at, image, snapshot))
            for name, image in snapshot.images.items()
            if start < image.enrolled_at <= until
        ]
        return Histories(
            start,
            until,
            images,
            {name: _base_at_start(start, base) for name, base in snapshot.bases.items()},
            Topology.of(images, snapshot.policy),
            snapshot,
            sorted(moves, key=lambda move: (move.at, move.name)),
            sorted(found, key=lambda push: (push.at, push.name)),
            sorted(arrivals, key=lambda arrival: arrival[:2]),
            sorted(_asked(snapshot, start, until), key=lambda item: (item[1].at, item[0])),
            _dependents(snapshot.images),
        )


def _at_start(start: datetime, image: ImageState, snapshot: Snapshot) -> ImageState:
    """The image before anything happens in the replay: without rebuilds, requests, holds and skips."""
    known = image.enrolled_at <= start
    seen = [each for each in image.ledger.observations if each.first_seen <= start]
    return replace(
        image,
        ledger=Ledger(tuple(replace(each, last_seen=None, gone=False) for each in seen[-1:])),
        dependencies=_dependencies(start, image, snapshot) if known else _unlearned(image),
        rebuilds=(),
        pending=None,
        last_built=None,
        error=None,
        held=None,
        skips=(),
        asked=(),
    )


def _dependencies(moment: datetime, image: ImageState, snapshot: Snapshot) -> tuple[DependencyState, ...]:
    return tuple(
        each if each.pinned else replace(each, built_on=built_on_at(moment, image, each, snapshot.ledger(each.name)))
        for each in image.dependencies
    )


def _unlearned(image: ImageState) -> tuple[DependencyState, ...]:
    return tuple(each if each.pinned else replace(each, built_on=None) for each in image.dependencies)


def _base_at_start(start: datetime, base: BaseState) -> BaseState:
    seen = [each for each in base.ledger.observations if each.first_seen <= start]
    return replace(base, ledger=_shown(base.ledger, len(seen)), error=None)


def _moves(base: BaseState, start: datetime, until: datetime) -> Iterator[BaseMove]:
    for index, seen in enumerate(base.ledger.observations):
        if start < seen.first_seen <= until:
            yield BaseMove(seen.first_seen, base.name, _shown(base.ledger, index + 1))


def _shown(ledger: Ledger, count: int) -> Ledger:
    """The first observations of a ledger, as it was when the last one of them was found.

    When a digest left the registry is not recorded: it is taken to be gone since the tag points to another one.
    """
    *earlier, last = ledger.observations[:count] or [None]
    if last is None:
        return Ledger()
    is_current = count == len(ledger.observations)
    return Ledger((*earlier, last if is_current else replace(last, last_seen=None, gone=False)))


def _pushes(image: ImageState, start: datetime, until: datetime) -> Iterator[ImagePush]:
    first = image.ledger.observations[:1]
    for seen in (*first, *pushes(image)):
        if start < seen.first_seen <= until:
            yield ImagePush(image.name, replace(seen, last_seen=None, gone=False), first=seen in first)


def _asked(snapshot: Snapshot, start: datetime, until: datetime) -> Iterator[tuple[str, AskedRebuild]]:
    for name, image in snapshot.images.items():
        for record in image.rebuilds:
            if record.requests and start < record.requested_at <= until:
                yield name, _request(record)


def _request(record: RebuildState) -> AskedRebuild:
    return AskedRebuild(
        record.id, record.requested_by, record.reason, record.requested_at, record.emergency, record.cve
    )


def _dependents(images: Mapping[str, ImageState]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, image in images.items():
        for dependency in image.dependencies:
            found.setdefault(dependency.name, set()).add(name)
    return {name: frozenset(names) for name, names in found.items()}
