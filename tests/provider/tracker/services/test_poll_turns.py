"""Tests of the order of polls."""

import threading
from datetime import UTC, datetime

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.repository import Tracked
from provider.tracker.services.poll_turns import PollTurns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tracked(number: int) -> Tracked:
    """A repository."""
    return Tracked(number, f"app{number}", NOW, parse_address(f"acme/app{number}"))


def taken(turns: PollTurns) -> tuple[str, int]:
    """The next turn, as host and id."""
    turn = turns.take()
    assert turn is not None
    return turn[0], turn[1].id


def test_hosts_take_turns() -> None:
    """A host with many repositories does not delay a host with few."""
    turns = PollTurns(at_once=4)
    for number in (1, 2, 3):
        turns.put("large", tracked(number))
    turns.put("small", tracked(4))
    assert [taken(turns) for _ in range(4)] == [("large", 1), ("small", 4), ("large", 2), ("large", 3)]


def test_the_number_of_turns_of_one_host_is_limited() -> None:
    """The next turn of a host is free when an earlier one ends."""
    turns = PollTurns(at_once=1)
    turns.put("host", tracked(1))
    turns.put("host", tracked(2))
    assert taken(turns) == ("host", 1)
    found: list[tuple[str, int]] = []
    waiting = threading.Thread(target=lambda: found.append(taken(turns)), daemon=True)
    waiting.start()
    assert found == []
    turns.done("host")
    waiting.join(10)
    assert found == [("host", 2)]


def test_the_waiting_repositories_of_a_host_can_be_removed() -> None:
    """All waiting repositories of a host are removed, and those of other hosts stay."""
    turns = PollTurns(at_once=4)
    for number in (1, 2):
        turns.put("slow", tracked(number))
    turns.put("other", tracked(3))
    assert [each.id for each in turns.withdraw("slow")] == [1, 2]
    assert list(turns.withdraw("slow")) == []
    assert taken(turns) == ("other", 3)


def test_the_end_wakes_waiting_threads() -> None:
    """A thread that waits for a turn gets None."""
    turns = PollTurns(at_once=1)
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.append(turns.take()), daemon=True)
    waiting.start()
    turns.close()
    waiting.join(10)
    assert found == [None]
    turns.put("host", tracked(1))
    assert turns.take() is None
