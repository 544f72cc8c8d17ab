"""Counts what a process does, and keeps the sums of all processes in the database, for the metrics."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from provider.domain.records.counted import Counted, CountKind
from provider.operation_ports import WorkCounts
from provider.ports import Beat, Beats
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


class Storing(Protocol):
    """Stores what was counted."""

    def store(self) -> None:
        """Store it now."""


class Tally:
    """What this process has counted and not stored yet. Safe to use from many threads; counting does no I/O.

    Args:
        stored: returns the sums in the database, which is not opened before they are needed.
    """

    def __init__(self, stored: Callable[[], WorkCounts]) -> None:
        self._stored = stored
        self._lock = threading.Lock()
        self._counts: Counter[Counted] = Counter()

    def add(self, kind: CountKind, name: str, outcome: str) -> None:
        """Count one; `name` and `outcome` come from fixed sets."""
        with self._lock:
            self._counts[Counted(kind, name, outcome)] += 1

    def add_all(self, kind: CountKind, outcomes: Mapping[str, int]) -> None:
        """Count as many of each outcome; the outcomes come from a fixed set."""
        with self._lock:
            self._counts.update({Counted(kind, "", outcome): number for outcome, number in outcomes.items()})

    def store(self) -> None:
        """Add what was counted to the database; what cannot be stored now is stored next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            self._stored().add(counts)
        except Exception as error:  # noqa: BLE001 - a number in a metric must not stop work
            _log.warning(
                "counts_not_stored",
                "the counts of requests could not be stored, and are stored later: {error}",
                error=type(error).__name__,
            )
            with self._lock:
                self._counts.update(counts)

    def sums(self) -> Mapping[Counted, int]:
        """The sums of all processes, with what this one has counted until now."""
        self.store()
        return self._stored().sums()


class CountingBeats:
    """Stores what was counted with each report of a part of the worker: every few seconds while it runs."""

    def __init__(self, beats: Beats, counts: Storing) -> None:
        self._beats = beats
        self._counts = counts

    def beat(self, beat: Beat) -> None:
        """Store a report in place of the part's last one, and the counts."""
        self._beats.beat(beat)
        self._counts.store()

    def beats(self) -> Sequence[Beat]:
        """The last report of every part."""
        return self._beats.beats()
