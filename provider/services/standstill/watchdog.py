"""Tells of what stands still in this process, and ends the process when that does not pass.

A thread that hangs cannot be ended, and it may hold locks, so nothing else could do its work. The process can be ended
at any moment: the intent of each rebuild is in git before its request, and a job is only a wake-up. Its locks end with
it, so that another worker goes on at once, and whatever supervises the process starts it again.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from provider.services.health import allowed_silence
from provider.services.standstill.works import Work, Works
from proxy.observing.event_log import EventLog

TICK = timedelta(seconds=5)
"""The time between two looks."""

LAST_RESORT = timedelta(minutes=10)
"""The shortest time between the first word about a part and the end of the process.

The longest step of a round without a sign of life takes less: a git command that waits for its remote ends after two
minutes, and every request to another host earlier.
"""

GONE_FOR = timedelta(minutes=2)
"""After this time without its own files, the process ends."""

STOOD_STILL = 3
"""The exit code of such a process."""

_log = EventLog(__name__)


class Watchdog:
    """Runs in a thread of the worker's process until it is stopped.

    Args:
        works: what the threads of this process do.
        gone: what is wrong with the files of this process; None: nothing.
        tell: reports to /readyz that the worker cannot work, and why.
        end: ends the process at once.
    """

    def __init__(
        self,
        works: Works,
        gone: Callable[[], str | None],
        tell: Callable[[str], object],
        end: Callable[[], object],
    ) -> None:
        self._works = works
        self._gone = gone
        self._tell = tell
        self._end = end
        self._told: set[tuple[str, int]] = set()
        self._gone_for = timedelta()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_watching, name="watchdog", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer: what is ending has a time limit of its own."""
        self._stopping.set()
        self._thread.join()

    def look(self, passed: timedelta) -> None:
        """Look at everything, this time after the last look."""
        silent = [work for work in self._works.after(passed) if work.silent > allowed_silence(work.every)]
        self._told &= {(work.name, work.thread) for work in silent}
        for work in silent:
            self._stands_still(work)
        self._look_at_files(passed)

    def _stands_still(self, work: Work) -> None:
        seconds = int(work.silent.total_seconds())
        last = allowed_silence(work.every) + max(work.every, LAST_RESORT)
        if work.silent > last:
            _log.critical(
                "standstill_ends_process",
                "{work} has stood still for {seconds} s: this process ends, to be started again",
                work=work.name,
                seconds=seconds,
            )
            self._end()
        elif (work.name, work.thread) not in self._told:
            self._told.add((work.name, work.thread))
            _log.error(
                "standstill",
                "{work} has stood still for {seconds} s, at {place}; this process ends if that lasts for {left} s more",
                work=work.name,
                seconds=seconds,
                place=work.stands_at() or "its end",
                left=int((last - work.silent).total_seconds()),
            )

    def _look_at_files(self, passed: timedelta) -> None:
        problem = self._gone()
        if problem is None:
            self._gone_for = timedelta()
            return
        if not self._gone_for:
            _log.error(
                "own_files_gone",
                "{problem}; this process ends if it is not back within {seconds} s",
                problem=problem,
                seconds=int(GONE_FOR.total_seconds()),
            )
            try:
                self._tell(f"{problem}; it starts again soon")
            except Exception as error:  # noqa: BLE001 - logged; the database may be gone too
                _log.error("own_files_not_reported", "that could not be reported: {error}", error=error)
        self._gone_for += passed
        if self._gone_for > GONE_FOR:
            _log.critical("own_files_end_process", "{problem}: this process ends, to be started again", problem=problem)
            self._end()

    def _keep_watching(self) -> None:
        last = time.monotonic()
        while not self._stopping.wait(TICK.total_seconds()):
            now = time.monotonic()
            # While the process was suspended, nothing could get on.
            passed, last = min(timedelta(seconds=now - last), 2 * TICK), now
            try:
                self.look(passed)
            except Exception:  # noqa: BLE001 - logged; the next look tries again
                _log.exception("watchdog_failed", "the watchdog could not look")
