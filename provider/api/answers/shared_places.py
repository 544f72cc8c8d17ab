"""Places that callers share: some at a time, a part of them for one caller, and a short wait for the next free one."""

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import StrEnum


class Turn(StrEnum):
    """How a caller got a place, or that it got none."""

    AT_ONCE = "at_once"
    WAITED = "waited"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """How many places there are.

    Attributes:
        places: in all.
        of_caller: of them for one caller.
        waiting: how many may wait for a place at a time.
        waiting_of_caller: of them for one caller.
        seconds: how long each of them waits at most.
    """

    places: int
    of_caller: int
    waiting: int
    waiting_of_caller: int
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    caller: str
    turn: threading.Event = field(default_factory=threading.Event)


class SharedPlaces:
    """The places. Safe to use from many threads."""

    def __init__(self, limits: PlaceLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()
        self._waiting: deque[_Waiter] = deque()

    def take(self, caller: str) -> Turn:
        """Take a place, now or after a wait; unless it was refused, `give_back` belongs to it."""
        with self._lock:
            if self._is_free(caller):
                self._taken[caller] += 1
                return Turn.AT_ONCE
            of_caller = sum(waiter.caller == caller for waiter in self._waiting)
            if len(self._waiting) >= self._limits.waiting or of_caller >= self._limits.waiting_of_caller:
                return Turn.REFUSED
            waiter = _Waiter(caller)
            self._waiting.append(waiter)
        if waiter.turn.wait(self._limits.seconds):
            return Turn.WAITED
        with self._lock:
            # The place may have been handed over just after the wait had ended.
            if waiter.turn.is_set():
                return Turn.WAITED
            self._waiting.remove(waiter)
            return Turn.REFUSED

    def give_back(self, caller: str) -> None:
        """Hand the place over to whoever waits longest and may have one more, or leave it free."""
        with self._lock:
            # Counter's subtraction drops what is zero.
            self._taken -= Counter({caller: 1})
            following = next((waiter for waiter in self._waiting if self._is_free(waiter.caller)), None)
            if following:
                self._waiting.remove(following)
                self._taken[following.caller] += 1
                following.turn.set()

    def held(self) -> int:
        """How many places are taken."""
        with self._lock:
            return self._taken.total()

    def _is_free(self, caller: str) -> bool:
        return self._taken.total() < self._limits.places and self._taken[caller] < self._limits.of_caller
