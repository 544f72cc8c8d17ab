"""When each part of the service last checked and checks next, and requests for a check now."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider.operation_ports import CheckRequests
from provider.ports import Beats

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PartCheck:
    """The last check of a part, and the latest start of the next one; None before the first check."""

    part: str
    last_at: datetime | None
    next_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Checks:
    """What the web part needs to show checks and to ask for them.

    Attributes:
        beats: the last reports of the parts.
        every: the longest time between two checks, by part.
        requests: takes the wishes to the worker.
        wake: lets the worker read them soon.
    """

    beats: Beats
    every: Mapping[str, timedelta]
    requests: CheckRequests
    wake: Callable[[], None]

    def parts(self) -> Sequence[PartCheck]:
        """Every part."""
        return list(self._parts())

    def ask(self, names: Sequence[str], now: datetime) -> None:
        """Ask for a check; if the worker cannot be woken up, it reads the request at its next round."""
        self.requests.ask(names, now)
        try:
            self.wake()
        except Exception:  # noqa: BLE001 - logged; the request is stored, and a wake-up only saves time
            _log.exception("the worker could not be woken up; it checks at its next round")

    def _parts(self) -> Iterator[PartCheck]:
        last = {beat.part: beat for beat in self.beats.beats()}
        for part, period in self.every.items():
            if beat := last.get(part):
                yield PartCheck(part, beat.at, beat.at + period, beat.problem)
            else:
                yield PartCheck(part, None, None, None)
