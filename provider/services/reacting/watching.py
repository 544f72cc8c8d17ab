"""Watches for work that is open in the database, and for the time of the next decision, and lets the worker react."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from provider.operation_ports import OpenWork
from provider.services.worker import Worker

_log = logging.getLogger(__name__)
BETWEEN_LOOKS = 0.5
"""Seconds between two looks at the database, which are one query each."""

LONGEST_PAUSE = 30.0
"""Seconds after which a reaction that keeps failing is tried again."""

_STOPPING_SECONDS = 20.0


class Watcher:
    """Runs in a thread of the worker's process until it is stopped.

    Args:
        worker: reacts.
        open_work: asks the database what is open.
        wake_round: starts a round, for a check of everything: it takes too long for a reaction.
        now: the clock.
    """

    def __init__(
        self,
        worker: Worker,
        open_work: Callable[[], OpenWork],
        wake_round: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._worker = worker
        self._open_work = open_work
        self._wake_round = wake_round
        self._now = now
        self._woken_for: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_watching, name="watcher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> bool:
        """Start no reaction any more and wait for one that is running; returns whether it ended in time."""
        self._stopping.set()
        self._thread.join(_STOPPING_SECONDS)
        return not self._thread.is_alive()

    def look(self) -> bool:
        """Let the worker react if anything is open or the time of a decision has come.

        Returns:
            Whether the next look may come at once.
        """
        found = self._open_work()
        if found.whole_check is not None and found.whole_check != self._woken_for:
            self._wake_round()
            self._woken_for = found.whole_check
        next_decision = self._worker.next_decision
        if found.reactions or (next_decision is not None and next_decision <= self._now()):
            return self._worker.react()
        return True

    def _keep_watching(self) -> None:
        pause = BETWEEN_LOOKS
        while not self._stopping.wait(pause):
            pause = BETWEEN_LOOKS if self._looked() else min(2 * pause, LONGEST_PAUSE)

    def _looked(self) -> bool:
        try:
            return self.look()
        except Exception:  # noqa: BLE001 - logged; the next look tries again
            _log.exception("the worker could not react; it tries again within %d s", LONGEST_PAUSE)
            return False
