"""Tests of counting the work of a process."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from provider.domain.records.counted import Counted, CountKind
from provider.ports import Beat
from provider.services.counting.work_counts import CountingBeats, Tally
from tests.provider.services.test_health import RecordedBeats

OK = Counted(CountKind.UPSTREAM, "ghcr.io", "ok")


class FakeCounts:
    """Sums in memory; `down` raises instead."""

    def __init__(self) -> None:
        self.kept: Counter[Counted] = Counter()
        self.writes = 0
        self.down = False

    def add(self, counts: Mapping[Counted, int]) -> None:
        """Add to the sums."""
        if self.down:
            raise OSError("the database is locked")
        self.writes += 1
        self.kept.update(counts)

    def itself(self) -> "FakeCounts":
        """The same."""
        return self

    def sums(self) -> Mapping[Counted, int]:
        """All sums."""
        return dict(self.kept)


def test_what_was_counted_is_stored_once() -> None:
    """Counting writes nothing; storing twice writes once."""
    stored = FakeCounts()
    tally = Tally(lambda: stored)
    tally.add(CountKind.UPSTREAM, "ghcr.io", "ok")
    tally.add(CountKind.UPSTREAM, "ghcr.io", "ok")
    assert stored.writes == 0
    tally.store()
    tally.store()
    assert (stored.kept[OK], stored.writes) == (2, 1)


def test_a_reader_also_sees_what_is_not_stored_yet() -> None:
    """In this process; others' are what they have stored."""
    tally = Tally(FakeCounts().itself)
    tally.add(CountKind.UPSTREAM, "ghcr.io", "ok")
    assert tally.sums() == {OK: 1}


def test_what_cannot_be_stored_is_stored_later(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is lost or counted twice, and no error reaches the work that was counted."""
    stored = FakeCounts()
    tally = Tally(lambda: stored)
    stored.down = True
    tally.add(CountKind.UPSTREAM, "ghcr.io", "ok")
    assert tally.sums() == {}
    assert "stored later: OSError" in caplog.text
    tally.add(CountKind.UPSTREAM, "ghcr.io", "ok")
    stored.down = False
    assert tally.sums() == {OK: 2}


def test_many_threads_count_without_loss() -> None:
    """Also while another one stores."""
    stored = FakeCounts()
    tally = Tally(lambda: stored)

    def count() -> None:
        for _ in range(1_000):
            tally.add(CountKind.UPSTREAM, "ghcr.io", "ok")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(50):
        tally.store()
    for thread in threads:
        thread.join()
    assert tally.sums() == {OK: 4_000}


def test_each_report_of_the_worker_stores_the_counts() -> None:
    """So that the web part, which is another process, can show them."""
    stored, beats = FakeCounts(), RecordedBeats()
    tally = Tally(lambda: stored)
    reported = CountingBeats(beats, tally)
    tally.add(CountKind.UPSTREAM, "ghcr.io", "ok")
    reported.beat(Beat("worker", datetime(2026, 3, 1, tzinfo=UTC)))
    assert stored.kept == {OK: 1}
    assert [beat.part for beat in reported.beats()] == ["worker"]
