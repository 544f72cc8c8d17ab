"""The replay of the histories under one policy: the decisions are those of `provider/domain/plan.py`."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from catalog.image import Conclusion
from provider.domain.asking.asked import AskedRebuild
from provider.domain.build_request import Run
from provider.domain.plan import RunningPlan, choose, decide_in_order, places_taken, rank
from provider.domain.rebuild import Rebuild, Wait
from provider.domain.rebuild_record import built, ended, intended
from provider.domain.simulation.build_times import BuildTimes
from provider.domain.simulation.event_queue import EventQueue, Tick
from provider.domain.simulation.histories import Histories
from provider.domain.simulation.meter import Meter
from provider.domain.simulation.policies import TriedPolicy
from provider.domain.simulation.scene import Scene

Rank = tuple[bool, int, int, datetime, str]


@dataclass(slots=True)
class Replay:
    """One replay; call `run` once.

    Attributes:
        started: when, which image, which decision: every build, in order.
    """

    histories: Histories
    policy: TriedPolicy
    times: BuildTimes
    scene: Scene
    meter: Meter
    started: list[tuple[datetime, str, Rebuild]] = field(init=False, default_factory=list)
    _queue: EventQueue = field(default_factory=EventQueue)
    _known: RunningPlan = field(default_factory=RunningPlan)
    _ready: list[Rank] = field(default_factory=list)
    _ranks: dict[str, Rank] = field(default_factory=dict)
    _woken: dict[str, datetime] = field(default_factory=dict)
    _decided_at: dict[str, datetime] = field(default_factory=dict)
    _active: set[str] = field(default_factory=set)

    def run(self, tick: Tick) -> None:
        """Let everything happen, from the start of the histories to their end."""
        for move in self.histories.moves:
            self._queue.at(move.at, partial(self.scene.move, move))
        for at, name, dependencies in self.histories.arrivals:
            self._queue.at(at, partial(self.scene.arrive, name, dependencies))
        for push in self.histories.pushes:
            self._queue.at(push.at, partial(self.scene.push, push))
        for name, asked in self.histories.asked:
            self._queue.at(asked.at, partial(self._ask, name, asked))
        for name, image in self.scene.images.items():
            self.scene.images[name] = self.policy.applied(image, counted=name in self.meter.counted)
        self._step(self.histories.start, set(self.scene.images))
        self._queue.run(self.histories.until, self._step, tick)

    def _step(self, now: datetime, concerned: set[str]) -> None:
        """Decide and start, until nothing more starts at this time."""
        self.meter.changed(now, self.scene.taken_changes())
        self._decide(now, concerned)
        while chosen := self._chosen(now):
            # A build starts on the newest digests that have aged by now, however long it has waited for its turn.
            self._decide(now, [name for name in chosen if self._decided_at[name] != now])
            for name in chosen:
                self._start(now, name)

    def _decide(self, now: datetime, names: Iterable[str]) -> None:
        for name in decide_in_order(now, self.scene.world, self.policy.caps, names, self._known):
            decision = self._known.decisions[name]
            self._decided_at[name] = now
            self._not_ready(name)
            match decision:
                case Rebuild():
                    self._ranks[name] = found = rank(self.scene.world, name, decision)
                    insort(self._ready, found)
                case Wait() if (at := self._wake_at(name, decision)) and self._woken.get(name) != at:
                    self._woken[name] = at
                    self._queue.at(at, partial(_itself, name))
                case _:
                    pass

    def _wake_at(self, name: str, decision: Wait) -> datetime | None:
        """When to decide again.

        When a digest has aged, the coordination window opens: that shows only to images that are built from this one.
        Where there are none, it is enough to look when the window closes.
        """
        if decision.until is None or decision.causes or name in self.histories.topology.children:
            return decision.until
        return decision.until + self.policy.caps.window

    def _not_ready(self, name: str) -> None:
        if known := self._ranks.pop(name, None):
            del self._ready[bisect_left(self._ready, known)]

    def _chosen(self, now: datetime) -> list[str]:
        if not self._ready:
            return []
        taken = places_taken(now, (self.scene.images[name] for name in self._active))
        return list(choose(self.scene.world, (found[-1] for found in self._ready), self.policy.caps, taken))

    def _start(self, now: datetime, name: str) -> None:
        """Start a build. The decision stays: for others, an image that is being built is like one that will be."""
        decision, image = self._known.decisions[name], self.scene.images[name]
        if not isinstance(decision, Rebuild):
            return
        self._not_ready(name)
        record = intended(now, f"replay-{len(self.started)}", decision)
        self.meter.started(now, name, record.causes)
        after = image.with_record(record)
        self.scene.images[name] = replace(after, asked=()) if decision.asked else after
        self._active.add(name)
        self.started.append((now, name, decision))
        self._queue.at(now + self.times.time_of(name), partial(self._end, name))

    def _end(self, name: str, now: datetime) -> set[str]:
        self._active.remove(name)
        self.meter.ended(name)
        image, digest = self.scene.made(name, None, now)
        if record := image.active:
            finished = ended(now, record, Run(record.id, None, "completed", Conclusion.SUCCESS))
            self.scene.images[name] = built(now, image, finished, digest, {})
            self.scene.forget(name, now)
        return self.scene.concerned(name)

    def _ask(self, name: str, asked: AskedRebuild, _now: datetime) -> set[str]:
        image = self.scene.images[name]
        self.scene.images[name] = replace(image, asked=(*image.asked, asked))
        return {name}


def _itself(name: str, _now: datetime) -> set[str]:
    return {name}
