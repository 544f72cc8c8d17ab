"""Reads that a page waits for a moment only."""

import threading
from collections.abc import Iterator

import pytest

from proxy.cache import CacheEntry, Fetched
from proxy.errors import Unavailable
from proxy.versions.apis.patient_reads import PatientReads
from proxy.versions.sources import FRESH
from tests.contracts.version_world import World, open_world
from tests.proxy.clocks import Clock
from tests.proxy.versions.settling import settle

HOST, KEY = "registry.example.com", "x"


@pytest.fixture(params=[0.0, 30.0])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """With and without patience."""
    with open_world(Clock(), patience=request.param) as world:
        yield world


def answer(text: bytes) -> Fetched:
    """A fresh answer."""
    return Fetched(text, FRESH)


def test_an_answer_in_time_is_given(world: World) -> None:
    """Without patience, the next call has it."""
    reads = PatientReads(world.upstreams)
    first = reads.get(HOST, KEY, lambda _: answer(b"1"))
    settle()
    second = reads.get(HOST, KEY, lambda _: answer(b"2"))
    assert second is not None
    assert second.body == b"1"
    if world.upstreams.patience:
        assert first == second


def test_an_answer_that_takes_long_is_there_next_time(world: World) -> None:
    """The caller is not held up."""
    reads, end = PatientReads(world.upstreams), threading.Event()

    def slow(_: CacheEntry | None) -> Fetched:
        end.wait(60)
        return answer(b"1")

    assert reads.get(HOST, KEY, slow, patient=False) is None
    end.set()
    settle()
    found = reads.get(HOST, KEY, slow)
    assert found is not None
    assert (found.body, found.stale) == (b"1", False)


def test_an_old_answer_is_given_while_a_new_one_is_read(world: World) -> None:
    """It is marked stale."""
    reads, end = PatientReads(world.upstreams), threading.Event()
    reads.get(HOST, KEY, lambda _: answer(b"1"))
    settle()
    world.clock.sleep(600)

    def slow(_: CacheEntry | None) -> Fetched:
        end.wait(60)
        return answer(b"2")

    old = reads.get(HOST, KEY, slow, patient=False)
    assert old is not None
    assert (old.body, old.stale) == (b"1", True)
    end.set()
    settle()
    new = reads.get(HOST, KEY, slow)
    assert new is not None
    assert new.body == b"2"


def test_a_failure_is_no_answer(world: World) -> None:
    """It is not raised."""
    reads = PatientReads(world.upstreams)

    def fail(_: CacheEntry | None) -> Fetched:
        raise Unavailable("down")

    for _ in range(2):
        assert reads.get(HOST, KEY, fail) is None
        settle()


def test_a_refresh_reads_again(world: World) -> None:
    """Even if the answer is fresh."""
    reads = PatientReads(world.upstreams)
    reads.get(HOST, KEY, lambda _: answer(b"1"))
    settle()
    world.clock.sleep(10)
    reads.get(HOST, KEY, lambda _: answer(b"2"), refresh=True)
    settle()
    found = reads.get(HOST, KEY, lambda _: answer(b"3"))
    assert found is not None
    assert found.body == b"2"
