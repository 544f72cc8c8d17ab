"""Events in the order of time. Pure: the time is that of the events."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

Event = Callable[[datetime], set[str]]
"""Happens at a time, and returns the images that it concerns."""
Tick = Callable[[datetime], None]
"""Is called with the time of each step; an exception ends the replay."""


@dataclass(frozen=True, slots=True)
class EventQueue:
    """What is still to happen."""

    _events: list[tuple[datetime, int, Event]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def at(self, when: datetime, event: Event) -> None:
        """Let something happen; events of one time happen in the order in which they were added."""
        heapq.heappush(self._events, (when, next(self._order), event))

    def run(self, until: datetime, step: Callable[[datetime, set[str]], None], tick: Tick) -> None:
        """Let everything happen that is due until then; after the events of one time, `step` gets what they concern."""
        while self._events and self._events[0][0] <= until:
            now, concerned = self._events[0][0], set[str]()
            while self._events and self._events[0][0] == now:
                concerned |= heapq.heappop(self._events)[2](now)
            tick(now)
            step(now, concerned)
