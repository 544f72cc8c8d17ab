"""Which faults come, and when: all kinds in an order that the seed decides, as often as the time allows. Pure."""

import random
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What is done."""

    KILL_WORKER_1 = "kill worker-1"
    KILL_WORKER_2 = "kill worker-2"
    KILL_POSTGRESQL = "kill postgresql"
    KILL_REGISTRY = "kill registry"
    SUSPEND_WORKER = "suspend worker-1"
    FILL_DISK = "fill the disk of worker-2"
    JUMP_AHEAD = "clock of worker-2 ahead"
    JUMP_BACK = "clock of worker-2 back"
    FLAKY_REGISTRY = "30 % of the registry's answers fail"
    FLAKY_GITHUB = "30 % of GitHub's answers fail"
    FLAKY_GIT = "30 % of git's answers fail"


LASTS = {
    FaultKind.KILL_WORKER_1: 10.0,
    FaultKind.KILL_WORKER_2: 10.0,
    FaultKind.KILL_POSTGRESQL: 8.0,
    FaultKind.KILL_REGISTRY: 20.0,
    FaultKind.SUSPEND_WORKER: 90.0,
    FaultKind.FILL_DISK: 45.0,
    FaultKind.JUMP_AHEAD: 60.0,
    FaultKind.JUMP_BACK: 60.0,
    FaultKind.FLAKY_REGISTRY: 60.0,
    FaultKind.FLAKY_GITHUB: 60.0,
    FaultKind.FLAKY_GIT: 60.0,
}
"""How long each fault lasts, in seconds."""

_FIRST_AFTER = 10.0
_REST = 30.0
_SHORT = 300.0
_QUIET_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault, this many seconds after the start."""

    at: float
    kind: FaultKind
    lasts: float

    @property
    def ends(self) -> float:
        """When it is over, in seconds after the start."""
        return self.at + self.lasts


def planned_faults(seconds: float, seed: int) -> list[PlannedFault]:
    """The faults of a soak, one after another, with a rest between them.

    A soak of less than five minutes has shorter faults and rests, so that it has several.
    """
    dice = random.Random(seed)  # noqa: S311 - the same faults for the same seed
    scale = min(1.0, seconds / _SHORT)
    last = seconds * (1 - _QUIET_SHARE)
    found: list[PlannedFault] = []
    at = _FIRST_AFTER * scale
    while True:
        kinds = list(FaultKind)
        dice.shuffle(kinds)
        for kind in kinds:
            lasts = LASTS[kind] * scale
            if at + lasts > last:
                return found
            found.append(PlannedFault(at, kind, lasts))
            at += lasts + _REST * scale
