"""Answers of the web part to "what if" questions: one at a time, within a time limit, and kept for an hour."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.domain.simulation.event_queue import Tick
from provider.domain.simulation.figures import Simulated
from provider.domain.simulation.policies import WhatIf
from provider.domain.simulation.simulating import Rules, simulate
from provider.domain.snapshot import Snapshot
from provider.errors import ProviderError
from proxy.deadline import Deadline, Monotonic

LONGEST = 30.0
"""The most seconds that one answer takes; the command has no limit."""
_KEPT = 32
_OLDEST = timedelta(hours=1)
_TURN_SECONDS = 0.002
_PAUSE_SECONDS = 0.0002
_Key = tuple[str, WhatIf]


class SimulationBusy(ProviderError):
    """Another question is being answered now."""

    transient = True


class SimulationTooLong(ProviderError):
    """The answer takes longer than a request may."""


@dataclass(slots=True)
class KeptSimulations:
    """Thread-safe.

    Attributes:
        snapshot: reads all enrollments and state.
        tag: changes when anything that was recorded changes.
        rules: what is set now.
        now: the clock.
        monotonic: the clock of the time limit.
    """

    snapshot: Callable[[], Snapshot]
    tag: Callable[[], str]
    rules: Rules
    now: Callable[[], datetime]
    monotonic: Monotonic
    _kept: OrderedDict[_Key, Simulated] = field(init=False, default_factory=OrderedDict)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def answer(self, asked: WhatIf) -> Simulated:
        """The answer, at most an hour old.

        Raises:
            SimulationBusy: another question is being answered.
            SimulationTooLong: it takes longer than `LONGEST`.
            ProviderError, OutsideFailure: the config repository cannot be read.
        """
        key = self.tag(), asked
        if known := self._known(key):
            return known
        if not self._lock.acquire(blocking=False):
            raise SimulationBusy("another simulation is being computed, and only one is at a time; try again")
        try:
            # The thread that computed until a moment ago may have answered the same question.
            return self._known(key) or self._computed(key)
        finally:
            self._lock.release()

    def _known(self, key: _Key) -> Simulated | None:
        found = self._kept.get(key)
        return found if found and self.now() - found.until < _OLDEST else None

    def _computed(self, key: _Key) -> Simulated:
        snapshot = self.snapshot()
        turns = _Turns(Deadline.after(LONGEST, self.monotonic), self.monotonic)
        found = simulate(self.now(), snapshot, key[1], self.rules, turns)
        self._kept.pop(key, None)
        self._kept[key] = found
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found


class _Turns:
    """Ends the work at the deadline, and lets the threads of other requests go first."""

    def __init__(self, deadline: Deadline, monotonic: Monotonic) -> None:
        self._deadline = deadline
        self._monotonic = monotonic
        self._next = monotonic() + _TURN_SECONDS

    def __call__(self, label: str, _start: datetime, _end: datetime) -> Tick:
        def tick(now: datetime) -> None:
            if self._monotonic() < self._next:
                return
            if self._deadline.passed:
                raise SimulationTooLong(
                    f"the simulation takes more than {LONGEST:.0f} seconds ({label} reached {now:%Y-%m-%d}); ask for a "
                    "shorter period or fewer delays, or run 'image-factory simulate', which has no limit"
                )
            # Python runs one thread at a time; without a pause the others would wait for 5 ms at each turn.
            time.sleep(_PAUSE_SECONDS)
            self._next = self._monotonic() + _TURN_SECONDS

        return tick
