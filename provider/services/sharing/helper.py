"""A thread in which a worker does something again and again, beside its periods."""

import threading
from collections.abc import Callable
from datetime import timedelta

from provider.services.standstill.works import Works
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


class Helper:
    """Runs in a thread of the worker's process until it is stopped.

    Args:
        name: of the thread, and of what it does in the log.
        every: the time between the end of one turn and the next.
        help_: does a turn.
        works: notes each turn.
    """

    def __init__(self, name: str, every: timedelta, help_: Callable[[], object], works: Works) -> None:
        self._name = name
        self._every = every
        self._help = works.around(name, every, help_)
        self._failing = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_helping, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Begin no other turn, and wait for one that is running; returns whether it ended in time."""
        self._stopping.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def turn(self) -> None:
        """One turn. A failure is logged once until a turn succeeds again; the next turn tries again."""
        try:
            self._help()
            self._failing = False
        except Exception:  # noqa: BLE001 - logged; a thread that ends would help no more
            if not self._failing:
                _log.exception(
                    "help_failed",
                    "{part} failed; it is tried again every {seconds} s, and logged once",
                    part=self._name,
                    seconds=int(self._every.total_seconds()),
                )
            self._failing = True

    def _keep_helping(self) -> None:
        while not self._stopping.wait(self._every.total_seconds()):
            self.turn()
