"""What was recorded, run through the same meter as the replays."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from catalog.image import Conclusion
from provider.domain.simulation.event_queue import EventQueue, Tick
from provider.domain.simulation.histories import Histories
from provider.domain.simulation.meter import Meter
from provider.domain.simulation.scene import Scene
from provider.domain.state import RebuildState, targets_built


@dataclass(slots=True)
class RecordedRun:
    """The rebuilds as they were; call `run` once. Rebuilds that no build system took are left out."""

    histories: Histories
    scene: Scene
    meter: Meter
    _queue: EventQueue = field(default_factory=EventQueue)

    def run(self, tick: Tick) -> None:
        """Let everything happen again."""
        for move in self.histories.moves:
            self._queue.at(move.at, partial(self.scene.move, move))
        for at, name, dependencies in self.histories.arrivals:
            self._queue.at(at, partial(self.scene.arrive, name, dependencies))
        for push in self.histories.pushes:
            self._queue.at(push.at, partial(self.scene.push, push))
        records = list(self._records())
        # Of one moment, what ends comes before what starts: that is how builds take turns.
        for name, record in records:
            if record.completed_at and record.completed_at > self.histories.start:
                self._queue.at(record.completed_at, partial(self._end, name, record))
        for name, record in records:
            if _begun(record) > self.histories.start:
                self._queue.at(_begun(record), partial(self._begin, name, record))
        self._step(self.histories.start, set())
        self._queue.run(self.histories.until, self._step, tick)

    def _step(self, now: datetime, _concerned: set[str]) -> None:
        self.meter.changed(now, self.scene.taken_changes())

    def _records(self) -> Iterator[tuple[str, RebuildState]]:
        for name, image in sorted(self.histories.recorded.images.items()):
            for record in image.rebuilds:
                if record.dispatched_at or record.conclusion is Conclusion.SUCCESS:
                    yield name, record

    def _begin(self, name: str, record: RebuildState, now: datetime) -> set[str]:
        self.meter.started(now, name, record.causes)
        return set()

    def _end(self, name: str, record: RebuildState, now: datetime) -> set[str]:
        if _begun(record) > self.histories.start:
            self.meter.ended(name)
        if record.result is None:
            return set()
        image, _ = self.scene.made(name, record.result, now)
        dependencies = targets_built(image.dependencies, record.targets, now, {})
        self.scene.images[name] = replace(image, dependencies=dependencies)
        return self.scene.concerned(name)


def _begun(record: RebuildState) -> datetime:
    return record.dispatched_at or record.requested_at
