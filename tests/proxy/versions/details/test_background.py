"""Reads in the background."""

import logging
import threading
from concurrent.futures import wait
from functools import partial

import pytest

from proxy.versions.details import background
from proxy.versions.details.background import PER_REGISTRY, Background

SOON = 5.0
"""Seconds that a test waits at most for what happens at once."""


class Gate:
    """A task that waits until the gate opens, and counts how many wait at a time."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.most = 0
        self.ran: list[str] = []
        self._lock = threading.Lock()
        self._now = 0

    def task(self, name: str) -> None:
        """Wait at the gate."""
        with self._lock:
            self.ran.append(name)
            self._now += 1
            self.most = max(self.most, self._now)
        self.arrived.release()
        assert self.open.wait(SOON)
        with self._lock:
            self._now -= 1


def test_few_reads_of_a_registry_run_at_a_time_in_their_order() -> None:
    """Monitoring uses the same registries; another registry is not held up."""
    reads: Background[None] = Background()
    gate, done = Gate(), list[str]()
    names = [f"row {number}" for number in range(12)]
    futures = [reads.read("quay.io", name, partial(gate.task, name)) for name in names]
    other = reads.read("gcr.io", "row", lambda: done.append("other"))
    wait([other], SOON)

    assert done == ["other"]
    assert all(gate.arrived.acquire(timeout=SOON) for _ in range(PER_REGISTRY))
    assert not any(future.done() for future in futures)
    gate.open.set()
    assert not wait(futures, SOON).not_done
    assert gate.most == PER_REGISTRY
    assert sorted(gate.ran) == sorted(names)
    assert set(gate.ran[:PER_REGISTRY]) == set(names[:PER_REGISTRY])


def test_a_read_that_is_open_is_joined() -> None:
    """Two viewers of a page cause the requests of one; when it has ended, the next one reads again."""
    reads: Background[None] = Background()
    gate = Gate()
    first = reads.read("quay.io", "row", lambda: gate.task("first"))
    assert reads.read("quay.io", "row", lambda: gate.task("second")) is first
    gate.open.set()
    wait([first], SOON)
    wait([reads.read("quay.io", "row", lambda: gate.task("third"))], SOON)

    assert gate.ran == ["first", "third"]


def test_what_nobody_wants_any_more_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has left the page should not use up the registry's limit."""
    monkeypatch.setattr(background, "WANTED_SECONDS", 0.0)
    reads: Background[None] = Background()
    ran: list[str] = []
    left = reads.read("quay.io", "row", lambda: ran.append("row"))

    assert not wait([left], SOON).not_done
    assert ran == []


def test_an_error_stops_no_other_read(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once, and the read counts as ended."""
    caplog.set_level(logging.ERROR)
    reads: Background[None] = Background()
    ran: list[str] = []

    def broken() -> None:
        raise ValueError("a defect of a test in the background")

    futures = [
        reads.read("quay.io", "a row with a defect", broken),
        reads.read("quay.io", "b", lambda: ran.append("b")),
    ]
    assert not wait(futures, SOON).not_done
    assert ran == ["b"]
    assert "a row with a defect" in caplog.text
