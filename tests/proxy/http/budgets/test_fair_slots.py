"""Slots for concurrent requests."""

import threading
from concurrent.futures import ThreadPoolExecutor

from proxy.http.budgets.fair_slots import FairSlots

SOON = 10.0
"""Seconds that a test waits at most for what happens at once."""


def test_only_so_many_are_taken_at_a_time() -> None:
    """One more waits, and gives up after its time; a slot that is given back can be taken."""
    slots = FairSlots(2)
    assert [slots.acquire(0), slots.acquire(0), slots.acquire(0.001)] == [True, True, False]
    slots.release()
    assert [slots.acquire(0), slots.acquire(0.001)] == [True, False]


def test_who_gave_up_takes_no_slot() -> None:
    """Otherwise it would be lost."""
    slots = FairSlots(1)
    assert slots.acquire(0)
    assert not slots.acquire(0.001)
    slots.release()
    assert slots.acquire(0)


def test_a_busy_round_lets_a_waiting_thread_have_its_turn() -> None:
    """The threads of a round take a slot again as soon as they have given one back; a page waits for one turn only."""
    slots, ended = FairSlots(2), threading.Event()
    turns = []

    def round_thread() -> None:
        while not ended.is_set():
            if slots.acquire(SOON):
                turns.append("round")
                slots.release()

    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            threads.submit(round_thread)
        for _ in range(20):
            assert slots.acquire(SOON)
            turns.append("page")
            slots.release()
        ended.set()
    assert turns.count("page") == 20


def test_a_slot_is_taken_at_once_or_not_at_all() -> None:
    """Without waiting; a slot that is handed over to somebody who waits is not free."""
    slots = FairSlots(1)
    assert slots.acquire_at_once()
    assert not slots.acquire_at_once()
    slots.release()
    assert slots.acquire_at_once()
