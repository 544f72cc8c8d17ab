"""Poll every repository that is due, many hosts at once, and write results while other polls are still running."""

import queue
import threading
import time
from collections.abc import Callable, Container, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from provider.containment import contained
from provider.errors import InternalError
from provider.tracker.decisions.outcomes import PollFailure, PollOutcome
from provider.tracker.decisions.repository import Tracked
from provider.tracker.services.poll_turns import PollTurns
from provider.tracker.services.polling import Polled, Poller
from proxy.observing.event_log import EventLog

THREADS = 16
PER_HOST = 4
AT_ONCE = 200
"""The most repositories that are written in one transaction."""

_MOST = 10_000
_REFILL_SECONDS = 30.0
_GATHERING_SECONDS = 1.0
_WAIT_SECONDS = 0.2
_LAST_RESULTS_SECONDS = 3.0
_PROGRESS_SECONDS = 10.0
_MOST_NAMED = 50
_log = EventLog(__name__)


@dataclass(frozen=True, slots=True)
class _RoundResult:
    """The poll of one repository; None: it ended with an error that cannot be recorded either."""

    tracked: Tracked
    polled: Polled | None


@dataclass(slots=True)
class _Progress:
    """Counts for the progress lines of the log."""

    polled: int = 0
    failed: int = 0
    waiting: int = 0
    new: int = 0
    failures: list[str] = field(default_factory=list)
    logged_at: float = field(default_factory=time.monotonic)

    def count(self, results: Sequence[_RoundResult]) -> None:
        self.polled += len(results)
        for each in results:
            polled = each.polled
            if polled is None:
                self._failed(each.tracked, "its result cannot be recorded; see the errors in the log of the service")
            elif polled.result.outcome is PollOutcome.WAITING:
                self.waiting += 1
            elif isinstance(polled.outcome, PollFailure):
                self._failed(each.tracked, polled.outcome.message)
            else:
                self.new += len(polled.result.new)

    def _failed(self, tracked: Tracked, cause: str) -> None:
        self.failed += 1
        if self.failed <= _MOST_NAMED:
            self.failures.append(f"{tracked.name} ({tracked.address.url}): {cause}")

    def log(self, remaining: int, *, last: bool = False) -> None:
        now = time.monotonic()
        if self.polled and (last or now - self.logged_at >= _PROGRESS_SECONDS):
            self.logged_at = now
            _log.info(
                "repositories_polled",
                "polled {polled} repositories: {new} new releases, {failed} failed, {waiting} waiting for their hosts, "
                "{remaining} remaining{failures}",
                polled=self.polled,
                new=self.new,
                failed=self.failed,
                waiting=self.waiting,
                remaining=remaining,
                failures=self._named() if last else "",
            )

    def _named(self) -> str:
        """What failed and why, at the end of the round."""
        more = self.failed - len(self.failures)
        rest = [f"and {more} more, which GET /api/v1/problems names"] if more else []
        return f"; failed: {'; '.join((*self.failures, *rest))}" if self.failures else ""


class _AllHosts:
    def __contains__(self, host: object) -> bool:
        return True


def _all_hosts() -> AbstractContextManager[Container[str]]:
    return nullcontext(_AllHosts())


class PollRound:
    """Polls until no repository is due, or until `stop`. What runs at the same time has different shares.

    Args:
        poller: polls one repository.
        threads: how many repositories are polled at the same time.
        per_host: how many of them may be of one host.
        report: called each time results were written.
        before: called before each round.
        shares: of the polls, by host; a host is polled by one process at a time.
    """

    def __init__(
        self,
        poller: Poller,
        *,
        threads: int = THREADS,
        per_host: int = PER_HOST,
        report: Callable[[], object] = lambda: None,
        before: Callable[[], object] = lambda: None,
        shares: Callable[[], AbstractContextManager[Container[str]]] = _all_hosts,
    ) -> None:
        self._poller = poller
        self._report = report
        self._before = before
        self._shares = shares
        self._threads = threads
        self._per_host = per_host
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Start no more polls; a running round writes its results and ends within a few seconds."""
        self._stopping.set()

    def run(self) -> int:
        """Poll every repository that is due.

        Returns:
            How many repositories have a new result, including those whose host is paused.

        Raises:
            Exception: the database can no longer be read or written.
        """
        self._before()
        with self._shares() as ours:
            return self._run(ours)

    def help(self) -> None:
        """Poll what is due of the shares of this process, while another one runs the period."""
        if self._poller.store.due(self._poller.now(), 1):
            with self._shares() as ours:
                self._run(ours)

    def _run(self, ours: Container[str]) -> int:
        running = _RunningRound(self._poller, self._threads, self._per_host, self._stopping, self._report, ours)
        try:
            return running.run()
        finally:
            running.turns.close()


class _RunningRound:
    def __init__(
        self,
        poller: Poller,
        threads: int,
        per_host: int,
        stopping: threading.Event,
        report: Callable[[], object],
        ours: Container[str],
    ) -> None:
        self._poller = poller
        self._report = report
        self._ours = ours
        self._most_threads = threads
        self._stopping = stopping
        self._results: queue.SimpleQueue[_RoundResult] = queue.SimpleQueue()
        self._in_progress: set[int] = set()
        self._unrecorded: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._filled_at = 0.0
        self._progress = _Progress()
        self.turns = PollTurns(per_host)

    def run(self) -> int:
        while not self._stopping.is_set():
            self._fill()
            if not self._in_progress:
                break
            self._write(self._collect())
            self._progress.log(len(self._in_progress))
        self._end()
        return self._progress.polled

    def _fill(self) -> None:
        """Queue what has become due; it must not wait for slow hosts that are still being polled."""
        now = time.monotonic()
        if self._in_progress and now - self._filled_at < _REFILL_SECONDS:
            return
        self._filled_at = now
        busy = self._in_progress | self._unrecorded
        due = [each for each in self._poller.store.due(self._poller.now(), _MOST) if each.id not in busy]
        due = [each for each in due if self._is_ours(each)]
        for tracked in due:
            self._in_progress.add(tracked.id)
            self._admit(tracked)
        for _ in range(len(self._threads), min(self._most_threads, len(due))):
            # Daemon threads: a slow host must not keep the process from ending.
            thread = threading.Thread(target=self._work, name="poll", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _is_ours(self, tracked: Tracked) -> bool:
        host = contained(tracked.name, self._poller.host, tracked.address)
        return (tracked.name if isinstance(host, InternalError) else host) in self._ours

    def _admit(self, tracked: Tracked) -> None:
        host = contained(tracked.name, self._poller.host, tracked.address)
        if isinstance(host, InternalError):
            self._put_failure(tracked, PollFailure(str(host)))
        elif pause := self._poller.patience.paused(host, self._poller.now()):
            self._put_failure(tracked, pause)
        else:
            self.turns.put(host, tracked)

    def _put_failure(self, tracked: Tracked, failure: PollFailure) -> None:
        failed = contained(tracked.name, self._poller.failed, tracked, failure)
        self._results.put(_RoundResult(tracked, None if isinstance(failed, InternalError) else failed))

    def _work(self) -> None:
        while (turn := self.turns.take()) is not None:
            host, tracked = turn
            try:
                polled = contained(tracked.name, self._polled, host, tracked)
                if isinstance(polled, InternalError):
                    self._put_failure(tracked, PollFailure(str(polled)))
                else:
                    self._results.put(_RoundResult(tracked, polled))
                self._skip_paused(host)
            finally:
                self.turns.done(host)

    def _polled(self, host: str, tracked: Tracked) -> Polled:
        # The host may have been paused since the repository was queued.
        pause = self._poller.patience.paused(host, self._poller.now())
        return self._poller.failed(tracked, pause) if pause else self._poller.poll(tracked)

    def _skip_paused(self, host: str) -> None:
        """If the host is paused, record that for its waiting repositories without a request."""
        if pause := self._poller.patience.paused(host, self._poller.now()):
            for waiting in self.turns.withdraw(host):
                self._put_failure(waiting, pause)

    def _collect(self, seconds: float = _GATHERING_SECONDS) -> list[_RoundResult]:
        """Collect results until there are enough for a transaction or the time is over."""
        results: list[_RoundResult] = []
        until = time.monotonic() + seconds
        while len(results) < min(AT_ONCE, len(self._in_progress)) and not self._stopping.is_set():
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                results.append(self._results.get(timeout=min(left, _WAIT_SECONDS)))
            except queue.Empty:
                continue
        return results

    def _write(self, results: Sequence[_RoundResult]) -> None:
        if not results:
            return
        try:
            self._poller.store.record([each.polled.result for each in results if each.polled is not None])
        except Exception as error:
            _log.exception(
                "polls_written_singly",
                "cannot write the results of {count} polls together; writing them one by one",
                count=len(results),
            )
            if sum(map(self._is_written_alone, results)) == 0:
                raise error from None
        self._report()
        self._unrecorded |= {each.tracked.id for each in results if each.polled is None}
        self._progress.count(results)
        self._in_progress.difference_update(each.tracked.id for each in results)

    def _is_written_alone(self, each: _RoundResult) -> bool:
        """Write one result, or else a failure in its place; False if the database accepts neither."""
        if each.polled is None:
            return True
        written = contained(each.tracked.name, self._poller.store.record, [each.polled.result])
        if isinstance(written, InternalError):
            failure = PollFailure(f"cannot store the result of the poll: {written}")
            written = contained(each.tracked.name, self._record_failure, each.tracked, failure)
        if isinstance(written, InternalError):
            self._unrecorded.add(each.tracked.id)
        return not isinstance(written, InternalError)

    def _record_failure(self, tracked: Tracked, failure: PollFailure) -> None:
        self._poller.store.record([self._poller.failed(tracked, failure).result])

    def _end(self) -> None:
        """Write the remaining results; after `stop`, wait a few seconds for polls that are still running."""
        self.turns.close()
        until = time.monotonic() + _LAST_RESULTS_SECONDS
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < until:
            self._threads[0].join(_WAIT_SECONDS)
            self._threads = [thread for thread in self._threads if thread.is_alive()]
        results: list[_RoundResult] = []
        while not self._results.empty():
            results.append(self._results.get())
        self._write(results)
        self._progress.log(len(self._in_progress), last=True)
