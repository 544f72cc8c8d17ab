"""A check by the service that is running, for `image-factory check` beside it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from provider.operation_ports import CheckRequest, CheckRequests
from provider.ports import Beats
from provider.services.health import FOLLOW, WORKER
from provider.services.progress import Progress

LONGEST = timedelta(minutes=10)
"""How long a person waits for the result; the service goes on with the check after that."""

_BETWEEN_LOOKS = timedelta(seconds=0.5)
_SHORTEST_SILENCE = timedelta(minutes=2)
_PERIODS_IN_TIME = 2


class CheckEnd(StrEnum):
    """How waiting ended: the service has done the check, it has ended before, or it takes too long."""

    DONE = "done"
    SERVICE_ENDED = "service ended"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class RunningService:
    """The service that works on the same database and checkout.

    Attributes:
        requests: takes the request to it.
        beats: what it reports.
        holds_checkout: whether a process uses the checkout now.
        now: the clock.
        sleep: waits for a number of seconds.
    """

    requests: CheckRequests
    beats: Beats
    holds_checkout: Callable[[], bool]
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep

    def is_there(self, check_interval: timedelta) -> bool:
        """Whether a process uses the checkout, and a worker has reported in time.

        Args:
            check_interval: the longest time between two reports.
        """
        if not self.holds_checkout():
            return False
        allowed = max(_PERIODS_IN_TIME * check_interval, _SHORTEST_SILENCE)
        return any(beat.part in (WORKER, FOLLOW) and self.now() - beat.at <= allowed for beat in self.beats.beats())

    def check(self, names: Sequence[str], progress: Progress) -> CheckEnd:
        """Ask for a check of these images, or of everything, and wait until it is done."""
        began = self.now()
        self.requests.ask(names, began)
        step = progress("Waiting for the service", 0)
        while asked := self._open(names):
            if not self.holds_checkout():
                self.requests.done([asked])
                return CheckEnd.SERVICE_ENDED
            if self.now() - began >= LONGEST:
                return CheckEnd.TOO_LONG
            self.sleep(_BETWEEN_LOOKS.total_seconds())
            step()
        return CheckEnd.DONE

    def problem_since(self, at: datetime) -> str | None:
        """Why a round or a reaction ended early since then; None where none did."""
        found = (beat for beat in self.beats.beats() if beat.part in (WORKER, FOLLOW) and beat.at >= at)
        return next((beat.problem for beat in found if beat.problem), None)

    def _open(self, names: Sequence[str]) -> CheckRequest | None:
        return next((request for request in self.requests.open() if set(request.names) == set(names)), None)
