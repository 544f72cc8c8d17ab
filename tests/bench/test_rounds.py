"""Turns, medians and ratios."""

import sys
from pathlib import Path

import pytest

from bench.rounds import Cost, RunFailed, cpu_share, in_turn, measured_process, speed, typical


def test_contestants_run_in_turn() -> None:
    """Each contestant runs once in each round."""
    order: list[str] = []
    costs = in_turn({"a": lambda: Cost(1, 2), "b": lambda: Cost(3, 4)}, 2, order.append)

    assert order == ["a", "b", "a", "b"]
    assert costs == {"a": [Cost(1, 2)] * 2, "b": [Cost(3, 4)] * 2}


def test_the_typical_cost_is_the_median_of_each_number() -> None:
    """One slow round, or one with a high processor time, does not change the result."""
    assert typical([Cost(1, 9), Cost(100, 1), Cost(2, 2)]) == Cost(2, 2)


def test_no_round_has_no_typical_cost() -> None:
    """The message says what to change."""
    with pytest.raises(ValueError, match="run at least one"):
        typical([])


def test_speed_and_cpu_are_ratios_to_the_peer() -> None:
    """A higher speed has a higher ratio, and so has a higher processor time."""
    peer, ours = Cost(seconds=6, cpu=2), Cost(seconds=2, cpu=3)

    assert speed(peer, ours) == 3
    assert cpu_share(peer, ours) == 1.5


def test_the_start_is_taken_off() -> None:
    """A run without work measures the start."""
    assert Cost(6, 3) - Cost(1, 0.5) == Cost(5, 2.5)


def test_a_run_that_took_nothing_is_no_ratio() -> None:
    """There is an error instead of an infinite or negative speed."""
    with pytest.raises(ValueError, match="increase its work"):
        speed(Cost(1, 1), Cost(0, 0))
    with pytest.raises(ValueError, match="increase its work"):
        cpu_share(Cost(1, -0.1), Cost(1, 1))


def test_a_process_that_fails_is_no_result(tmp_path: Path) -> None:
    """The message has its status and the end of its output."""
    command = [sys.executable, "-c", "import sys; sys.exit('no registry')"]

    with pytest.raises(RunFailed, match=r"status 1:\nno registry"):
        measured_process(command, {}, tmp_path)
