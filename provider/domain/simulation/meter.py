"""Measures a replay: builds by time, and how long images were behind. Mutable while a replay runs."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from statistics import median

from provider.domain.simulation.fates import Fates
from provider.domain.simulation.figures import Fate, Peak, PolicyFigures, ShortLived, TimeBehind
from provider.domain.simulation.policies import TriedPolicy
from provider.domain.simulation.scene import Scene
from provider.domain.state import CauseState

WEEK = timedelta(weeks=1)
MOST_SHOWN = 10


@dataclass(slots=True)
class Meter:
    """Takes what happens in a replay, in the order of time.

    Attributes:
        scene: the images and bases of the replay.
        fates: what became of the digests of bases.
        counted: the images that the figures are about.
        since: when measuring begins; what happened before is the run-up.
    """

    scene: Scene
    fates: Fates
    counted: Collection[str]
    since: datetime
    _behind_since: dict[str, datetime] = field(default_factory=dict)
    _behind: Counter[str] = field(default_factory=Counter)
    _hours: Counter[datetime] = field(default_factory=Counter)
    _weeks: Counter[int] = field(default_factory=Counter)
    _found: Counter[Fate] = field(default_factory=Counter)
    _withdrawn: list[ShortLived] = field(default_factory=list)
    _running: int = 0
    _most: Peak | None = None

    def started(self, now: datetime, name: str, causes: Sequence[CauseState]) -> None:
        """A build of an image starts."""
        if name not in self.counted:
            return
        self._running += 1
        if now < self.since:
            return
        self._hours[now.replace(minute=0, second=0, microsecond=0)] += 1
        self._weeks[(now - self.since) // WEEK] += 1
        if self._most is None or self._running > self._most.builds:
            self._most = Peak(self._running, now)
        image = self.scene.images[name]
        found = [self.fates.of(now, image, cause) for cause in causes]
        self._found.update({fate for fates in found for fate in fates})
        if len(self._withdrawn) < MOST_SHOWN:
            self._withdrawn += [
                self.fates.short_lived(now, name, cause)
                for cause, fates in zip(causes, found, strict=True)
                if Fate.WITHDRAWN in fates
            ]

    def ended(self, name: str) -> None:
        """A build of an image ends."""
        if name in self.counted:
            self._running -= 1

    def changed(self, now: datetime, names: Collection[str]) -> None:
        """What these images are built from, or their bases, may have changed; parents come before children."""
        topology = self.scene.world.topology
        todo = sorted((topology.depth[name], name) for name in names)
        while todo:
            depth, name = heappop(todo)
            behind = self._is_behind(name)
            if behind == (name in self._behind_since):
                continue
            if behind:
                self._behind_since[name] = now
            else:
                self._add(name, self._behind_since.pop(name), now)
            for child in topology.children.get(name, ()):
                if topology.depth[child] > depth:
                    heappush(todo, (topology.depth[child], child))

    def figures(self, label: str, policy: TriedPolicy | None, until: datetime) -> PolicyFigures:
        """The figures at the end of the replay."""
        for name, begun in self._behind_since.items():
            self._add(name, begun, until)
        self._behind_since.clear()
        times = sorted((-self._behind[name], name) for name in self.counted)
        hour = min(((-builds, at) for at, builds in self._hours.items()), default=None)
        return PolicyFigures(
            label,
            policy,
            self._weeks.total(),
            tuple(self._weeks[week] for week in range(-((self.since - until) // WEEK))),
            Peak(-hour[0], hour[1]) if hour else None,
            self._most,
            timedelta(microseconds=round(median(-time for time, _ in times))) if times else None,
            tuple(TimeBehind(name, timedelta(microseconds=-time)) for time, name in times[:MOST_SHOWN] if time),
            {fate: self._found[fate] for fate in Fate},
            tuple(self._withdrawn[:MOST_SHOWN]),
        )

    def _add(self, name: str, begun: datetime, ended: datetime) -> None:
        """Add the part of the time that is in the measured period, in microseconds."""
        time = ended - max(begun, self.since)
        if time > timedelta(0):
            self._behind[name] += time // timedelta(microseconds=1)

    def _is_behind(self, name: str) -> bool:
        """Whether a tag has a newer digest than the image, or than an image that it is built from."""
        world, image = self.scene.world, self.scene.images[name]
        parents = world.topology.parents[name]
        for position, dependency in enumerate(image.dependencies):
            if not dependency.causes(image.enrollment.rebuild_on):
                continue
            if any(parent in self._behind_since for parent in parents[position]):
                return True
            built_on = dependency.built_on
            if built_on and world.ledger(dependency.name).candidates(built_on, dependency.platforms):
                return True
        return False
