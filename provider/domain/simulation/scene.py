"""The images and bases of one replay, and how events change them. Mutable; `World` reads the same mappings."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.image import Evidence
from catalog.reference import Digest
from provider.domain.ledger import BuiltOn, Ledger, Observation
from provider.domain.planning.world import World
from provider.domain.retention.ledgers import shortened
from provider.domain.simulation.histories import BaseMove, Histories, ImagePush
from provider.domain.state import BaseState, DependencyState, ImageState

_MOST_KEPT = 16
"""So many digests of an image are kept before old ones are removed."""


@dataclass(slots=True)
class Scene:
    """All images and bases at one moment of a replay.

    The methods that take a time last are events: they return the images that they concern.
    """

    histories: Histories
    images: dict[str, ImageState]
    bases: dict[str, BaseState]
    world: World = field(init=False)
    _changed: set[str] = field(init=False)
    _made: int = 0

    def __post_init__(self) -> None:
        self._changed = set(self.images)
        self.world = World(self.images, self.bases, self.histories.topology, files=self.histories.recorded.files)

    @classmethod
    def of(cls, histories: Histories) -> "Scene":
        """The beginning of the histories."""
        return Scene(histories, dict(histories.images), dict(histories.bases))

    def move(self, move: BaseMove, _now: datetime) -> set[str]:
        """A base moves."""
        self.bases[move.name] = replace(self.bases[move.name], ledger=move.ledger)
        return self._noted(self.histories.dependents.get(move.name, ()))

    def arrive(self, name: str, dependencies: tuple[DependencyState, ...], _now: datetime) -> set[str]:
        """An image is enrolled."""
        self.images[name] = replace(self.images[name], dependencies=dependencies)
        return self._noted((name,))

    def push(self, push: ImagePush, now: datetime) -> set[str]:
        """A build that is not ours pushes an image: it is taken to be built on what the bases are now."""
        image = self.images[push.name]
        ledger = Ledger((push.seen,)) if push.first else _observed(image.ledger, now, push.seen)
        dependencies = image.dependencies if push.first else self._current(now, image)
        self.images[push.name] = replace(image, ledger=ledger, dependencies=dependencies)
        return self.concerned(push.name)

    def made(self, name: str, digest: Digest | None, now: datetime) -> tuple[ImageState, Digest]:
        """The image after its build pushed a digest (None: one that was never there), with its present platforms."""
        image = self.images[name]
        self._made += 1
        new = digest or _number(self._made)
        current = image.ledger.current
        platforms = dict.fromkeys(current.platforms, new) if current else {}
        return replace(image, ledger=image.ledger.observe(now, new, platforms, "build")), new

    def forget(self, name: str, now: datetime) -> None:
        """Remove old digests of an image, and the rebuilds that made them, where every decision stays the same."""
        image = self.images[name]
        if len(image.ledger.observations) < _MOST_KEPT:
            return
        uses = [
            each.built_on
            for child in self.histories.dependents.get(name, ())
            for each in self.images[child].dependencies
            if each.name == name and each.built_on
        ]
        ledger = shortened(image.ledger, now, uses)
        digests = {seen.digest for seen in ledger.observations}
        rebuilds = tuple(record for record in image.rebuilds if record.active or record.result in digests)
        self.images[name] = replace(image, ledger=ledger, rebuilds=rebuilds)

    def concerned(self, name: str) -> set[str]:
        """An image and those that depend on it."""
        return self._noted((name, *self.histories.dependents.get(name, ())))

    def taken_changes(self) -> set[str]:
        """The images that events concerned since the last call; at first all images."""
        changed, self._changed = self._changed, set()
        return changed

    def _noted(self, names: Iterable[str]) -> set[str]:
        concerned = set(names)
        self._changed |= concerned
        return concerned

    def _current(self, now: datetime, image: ImageState) -> tuple[DependencyState, ...]:
        return tuple(
            replace(each, built_on=BuiltOn(current.digest, now), evidence=Evidence.ASSUMED)
            if not each.pinned and (current := self.world.ledger(each.name).current)
            else each
            for each in image.dependencies
        )


def _observed(ledger: Ledger, now: datetime, seen: Observation) -> Ledger:
    if seen.unread:
        return ledger.observe_unread(now, seen.digest)
    return ledger.observe(now, seen.digest, seen.platforms, seen.seen_by)


def _number(number: int) -> Digest:
    """A digest that no registry has."""
    return Digest(f"sha256:{'f' * 16}{number:048x}")
