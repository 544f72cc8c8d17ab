"""When each part of the service last checked and checks next, and requests for a check now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider.operation_ports import CheckRequests
from provider.ports import Beats
from provider.services.health import RESTING


@dataclass(frozen=True, slots=True)
class PartCheck:
    """The last check of a part, and the latest start of the next one; None before the first check.

    Attributes:
        resting: the registries whose managed images are checked less often, because webhooks report their changes.
    """

    part: str
    last_at: datetime | None
    next_at: datetime | None
    problem: str | None
    resting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checks:
    """What the web part needs to show checks and to ask for them.

    Attributes:
        beats: the last reports of the parts.
        every: the longest time between two checks, by part.
        requests: takes the wishes to the worker.
    """

    beats: Beats
    every: Mapping[str, timedelta]
    requests: CheckRequests

    def parts(self) -> Sequence[PartCheck]:
        """Every part."""
        return list(self._parts())

    def ask(self, names: Sequence[str], now: datetime) -> None:
        """Ask for a check; the worker sees the request within a second."""
        self.requests.ask(names, now)

    def _parts(self) -> Iterator[PartCheck]:
        last = {beat.part: beat for beat in self.beats.beats()}
        for part, period in self.every.items():
            if beat := last.get(part):
                resting = tuple(filter(None, beat.details.get(RESTING, "").split(", ")))
                yield PartCheck(part, beat.at, beat.at + period, beat.problem, resting)
            else:
                yield PartCheck(part, None, None, None)
