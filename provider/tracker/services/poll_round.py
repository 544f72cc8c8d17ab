"""Poll all that is due: many hosts at once, each politely, and write what was found while others are still asked."""

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from provider.tracker.decisions.outcomes import PollFailure, PollResult
from provider.tracker.decisions.repository import Tracked
from provider.tracker.services.poll_turns import PollTurns
from provider.tracker.services.polling import Polled, Poller

THREADS = 16
PER_HOST = 4
AT_ONCE = 200
"""So many repositories are written in one transaction at most."""

_MOST = 10_000
_REFILL_SECONDS = 30.0
_GATHERING_SECONDS = 1.0
_LOOK_SECONDS = 0.2
_LAST_ANSWERS_SECONDS = 3.0
_PROGRESS_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    tracked: Tracked
    polled: Polled


@dataclass(slots=True)
class _Tally:
    """How far it is, for the log."""

    polled: int = 0
    failed: int = 0
    new: int = 0
    told_at: float = field(default_factory=time.monotonic)

    def count(self, answers: Sequence[_Answer]) -> None:
        self.polled += len(answers)
        self.failed += sum(isinstance(answer.polled.outcome, PollFailure) for answer in answers)
        self.new += sum(len(answer.polled.result.new) for answer in answers)

    def tell(self, to_go: int, *, last: bool = False) -> None:
        now = time.monotonic()
        if self.polled and (last or now - self.told_at >= _PROGRESS_SECONDS):
            self.told_at = now
            line = "polled %d repositories: %d new releases, %d failed, %d to go"
            _log.info(line, self.polled, self.new, self.failed, to_go)


class PollRound:
    """Polls what is due until nothing is, or it is told to stop. One `sweep` at a time.

    Args:
        poller: polls one.
        threads: how many repositories are asked at the same time.
        per_host: how many of them at one host.
    """

    def __init__(self, poller: Poller, *, threads: int = THREADS, per_host: int = PER_HOST) -> None:
        self._poller = poller
        self._threads = threads
        self._per_host = per_host
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask no more; a sweep that runs ends within a few seconds, with what was found until then written."""
        self._stopping.set()

    def sweep(self) -> int:
        """Poll all that is due; how many were polled or set aside.

        Raises:
            Exception: the database cannot be read or written any more.
        """
        sweep = _Sweep(self._poller, self._threads, self._per_host, self._stopping)
        try:
            return sweep.run()
        finally:
            sweep.turns.close()


class _Sweep:
    def __init__(self, poller: Poller, threads: int, per_host: int, stopping: threading.Event) -> None:
        self._poller = poller
        self._most_threads = threads
        self._stopping = stopping
        self._answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
        self._under_way: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._filled_at = 0.0
        self._tally = _Tally()
        self.turns = PollTurns(per_host)

    def run(self) -> int:
        while not self._stopping.is_set():
            self._fill()
            if not self._under_way:
                break
            self._write(self._gathered())
            self._tally.tell(len(self._under_way))
        self._end()
        return self._tally.polled

    def _fill(self) -> None:
        """Others become due while slow hosts are still asked; they must not wait for these."""
        now = time.monotonic()
        if self._under_way and now - self._filled_at < _REFILL_SECONDS:
            return
        self._filled_at = now
        due = [each for each in self._poller.store.due(self._poller.now(), _MOST) if each.id not in self._under_way]
        for tracked in due:
            self._under_way.add(tracked.id)
            self._admit(tracked)
        for _ in range(len(self._threads), min(self._most_threads, len(due))):
            # Daemons: an answer that is long in coming must not keep the process from ending.
            thread = threading.Thread(target=self._work, name="poll", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _admit(self, tracked: Tracked) -> None:
        host = self._poller.host(tracked.address)
        if aside := self._poller.patience.aside(host, self._poller.now()):
            self._answers.put(_Answer(tracked, self._poller.failed(tracked, aside)))
        else:
            self.turns.put(host, tracked)

    def _work(self) -> None:
        while (turn := self.turns.take()) is not None:
            host, tracked = turn
            try:
                # Its host may have set us aside since it was put in the queue.
                aside = self._poller.patience.aside(host, self._poller.now())
                polled = self._poller.failed(tracked, aside) if aside else self._poller.poll(tracked)
                self._answers.put(_Answer(tracked, polled))
                self._set_aside(host)
            finally:
                self.turns.done(host)

    def _set_aside(self, host: str) -> None:
        """Those that wait for a host that does not want to be asked are answered without a request."""
        if aside := self._poller.patience.aside(host, self._poller.now()):
            for waiting in self.turns.withdraw(host):
                self._answers.put(_Answer(waiting, self._poller.failed(waiting, aside)))

    def _gathered(self, seconds: float = _GATHERING_SECONDS) -> list[_Answer]:
        """The answers until there are enough for a transaction, or the first of them has waited for a while."""
        answers: list[_Answer] = []
        until = time.monotonic() + seconds
        while len(answers) < min(AT_ONCE, len(self._under_way)) and not self._stopping.is_set():
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                answers.append(self._answers.get(timeout=min(left, _LOOK_SECONDS)))
            except queue.Empty:
                continue
        return answers

    def _write(self, answers: Sequence[_Answer]) -> None:
        if not answers:
            return
        try:
            self._poller.store.record([answer.polled.result for answer in answers])
        except Exception:  # noqa: BLE001 - logged, and tried one by one
            _log.exception("what %d polls found could not be written; it is tried one by one", len(answers))
            for answer in answers:
                self._write_alone(answer)
        self._tally.count(answers)
        self._under_way.difference_update(answer.tracked.id for answer in answers)

    def _write_alone(self, answer: _Answer) -> None:
        """What cannot be written is noted as an error; where not even that can be, the database is out of order."""
        try:
            self._poller.store.record([answer.polled.result])
        except Exception as error:  # noqa: BLE001 - logged, and kept as its error
            _log.exception("what the poll of repository %d found could not be written", answer.tracked.id)
            failure = PollFailure(f"what was found could not be kept ({type(error).__name__}): see the service's log")
            noted: PollResult = self._poller.failed(answer.tracked, failure).result
            self._poller.store.record([noted])

    def _end(self) -> None:
        """Write what has been answered; where it was told to stop, wait a little for answers that are on their way."""
        self.turns.close()
        until = time.monotonic() + _LAST_ANSWERS_SECONDS
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < until:
            self._threads[0].join(_LOOK_SECONDS)
            self._threads = [thread for thread in self._threads if thread.is_alive()]
        answers: list[_Answer] = []
        while not self._answers.empty():
            answers.append(self._answers.get())
        self._write(answers)
        self._tally.tell(len(self._under_way), last=True)
