"""When each part of the service last checked and checks next, and requests for a check now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.exceptions import Forbidden

from provider.operation_ports import CheckRequests
from provider.ports import Beats
from provider.services.auditing import audit
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

    def is_asked(self, name: str | None) -> bool:
        """Whether a check of this image, or of everything, is requested or running; None: one of everything."""
        return any(not request.names or name in request.names for request in self.requests.open())

    def _parts(self) -> Iterator[PartCheck]:
        last = {beat.part: beat for beat in self.beats.beats()}
        for part, period in self.every.items():
            if beat := last.get(part):
                resting = tuple(filter(None, beat.details.get(RESTING, "").split(", ")))
                yield PartCheck(part, beat.at, beat.at + period, beat.problem, resting)
            else:
                yield PartCheck(part, None, None, None)


def ask_as_caller(checks: Checks, names: Sequence[str], now: datetime, allow: Callable[[], object]) -> None:
    """Ask for a check for the caller of the current request; the audit has it, also if it is refused.

    Args:
        checks: takes the request.
        names: the images; none: everything.
        now: the current time.
        allow: raises Forbidden if the caller may not ask for this check, or another error if it is not possible.

    Raises:
        Forbidden: as `allow` raised it.
    """
    what = ", ".join(names) or "all"
    try:
        allow()
    except Forbidden:
        audit("check", what, "not-allowed")
        raise
    checks.ask(names, now)
    audit("check", what, "done")
