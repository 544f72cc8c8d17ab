"""Answers of the web part to "what if" questions: one at a time, within a time limit, and kept for an hour."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.domain.simulation.event_queue import Tick
from provider.domain.simulation.figures import PolicyFigures, Simulated
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


class SimulationUnfinished(ProviderError):
    """The time of a request is over, and some policies are computed: the same question goes on with the others."""

    transient = True


class SimulationTooLong(ProviderError):
    """One policy takes longer than a request may."""


class _TimeIsOver(Exception):
    """The time of this request is over."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A question of which some policies are computed, for its time."""

    key: _Key
    at: datetime
    done: dict[str, PolicyFigures] = field(default_factory=dict)


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
    _begun: _Begun | None = field(init=False, default=None)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def answer(self, asked: WhatIf) -> Simulated:
        """The answer, at most an hour old.

        Raises:
            SimulationBusy: another question is being answered.
            SimulationUnfinished: it takes longer than `LONGEST`; asked again, it goes on where it was.
            SimulationTooLong: one policy takes longer than that.
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
        begun = self._begun
        if begun is None or begun.key != key or self.now() - begun.at >= _OLDEST:
            begun = self._begun = _Begun(key, self.now())
        before = len(begun.done)
        turns = _Turns(Deadline.after(LONGEST, self.monotonic), self.monotonic)
        try:
            found = simulate(begun.at, snapshot, key[1], self.rules, turns, begun.done)
        except _TimeIsOver as error:
            if len(begun.done) > before:
                known = ", ".join(begun.done)
                raise SimulationUnfinished(
                    f"it takes more than {LONGEST:.0f} seconds; computed so far: {known}; try again to go on"
                ) from error
            raise SimulationTooLong(
                f"one policy takes more than {LONGEST:.0f} seconds; ask for a shorter period, or run "
                "'image-factory simulate', which has no limit"
            ) from error
        self._begun = None
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

    def __call__(self, _label: str, _start: datetime, _end: datetime) -> Tick:
        def tick(_now: datetime) -> None:
            if self._monotonic() < self._next:
                return
            if self._deadline.passed:
                raise _TimeIsOver
            # Python runs one thread at a time; without a pause the others would wait for 5 ms at each turn.
            time.sleep(_PAUSE_SECONDS)
            self._next = self._monotonic() + _TURN_SECONDS

        return tick
