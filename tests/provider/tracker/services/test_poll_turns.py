"""Tests of whose turn it is."""

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
    """The next turn: host and id."""
    turn = turns.take()
    assert turn is not None
    return turn[0], turn[1].id


def test_hosts_take_turns() -> None:
    """A host with many does not keep one with few waiting."""
    turns = PollTurns(at_once=4)
    for number in (1, 2, 3):
        turns.put("large", tracked(number))
    turns.put("small", tracked(4))
    assert [taken(turns) for _ in range(4)] == [("large", 1), ("small", 4), ("large", 2), ("large", 3)]


def test_one_host_is_asked_by_few_at_once() -> None:
    """The next turn is given when one is given back."""
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


def test_who_waits_can_be_withdrawn() -> None:
    """All of a host, and nobody else."""
    turns = PollTurns(at_once=4)
    for number in (1, 2):
        turns.put("aside", tracked(number))
    turns.put("other", tracked(3))
    assert [each.id for each in turns.withdraw("aside")] == [1, 2]
    assert list(turns.withdraw("aside")) == []
    assert taken(turns) == ("other", 3)


def test_after_the_end_nobody_waits() -> None:
    """Who waits is told that there is no more."""
    turns = PollTurns(at_once=1)
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.append(turns.take()), daemon=True)
    waiting.start()
    turns.close()
    waiting.join(10)
    assert found == [None]
    turns.put("host", tracked(1))
    assert turns.take() is None
