"""Watches for work that is open in the database, and for the time of the next decision, and lets the worker react."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from provider.operation_ports import OpenWork
from provider.services.standstill.works import Works
from provider.services.worker import Worker
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
WATCH = "watch"
"""The name of what the watcher does, in the log."""

BETWEEN_LOOKS = timedelta(seconds=0.5)
"""The time between two queries for open work."""

LONGEST_PAUSE = timedelta(seconds=30)
"""After this time, a reaction that keeps failing is tried again."""


class Watcher:
    """Runs in a thread of the worker's process until it is stopped.

    Args:
        worker: reacts.
        open_work: asks the database what is open.
        wake_round: starts a round, for a check of everything: it takes too long for a reaction.
        now: the clock.
        works: notes each time that the database was asked.
        report: called after each look that left nothing to another process.
    """

    def __init__(
        self,
        worker: Worker,
        open_work: Callable[[], OpenWork],
        wake_round: Callable[[], None],
        now: Callable[[], datetime],
        works: Works,
        report: Callable[[], object],
    ) -> None:
        self._worker = worker
        self._open_work = open_work
        self._wake_round = wake_round
        self._now = now
        self._works = works
        self._report = report
        self._woken_for: int | None = None
        self._last: tuple[OpenWork, datetime | None] | None = None
        self._pause = BETWEEN_LOOKS
        self._not_before = now()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_watching, name="watcher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Start no reaction any more and wait for one that is running; returns whether it ended in time."""
        self._stopping.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def look(self) -> None:
        """Let the worker react if anything is open or the time of a decision has come.

        What could not be done is tried again after a growing pause, or as soon as anything new is open.
        """
        if self._look():
            self._report()

    def _look(self) -> bool:
        """Returns whether nothing is left to another process that reacts now."""
        found = self._open_work()
        if found.whole_check is not None and found.whole_check != self._woken_for:
            self._wake_round()
            self._woken_for = found.whole_check
        time = self._worker.next_decision
        if not (found.reactions or (time is not None and time <= self._now())):
            return True
        wanted = found, time
        if wanted != self._last:
            self._last, self._pause = wanted, BETWEEN_LOOKS
        elif self._now() < self._not_before:
            return True
        # If it is the same at a later look, the reaction could not do it.
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._not_before = self._now() + self._pause
        return self._worker.react()

    def _keep_watching(self) -> None:
        pause = BETWEEN_LOOKS
        while not self._stopping.wait(pause.total_seconds()):
            try:
                with self._works.doing(WATCH, LONGEST_PAUSE):
                    self.look()
                pause = BETWEEN_LOOKS
            except Exception:  # noqa: BLE001 - logged; a later look tries again
                pause = min(2 * pause, LONGEST_PAUSE)
                _log.exception(
                    "reaction_failed",
                    "the worker could not react; it tries again in {seconds} s",
                    seconds=int(pause.total_seconds()),
                )
