"""Deadlines."""

import pytest

from proxy.deadline import Deadline, ends_by, time_left
from tests.proxy.clocks import Clock


def test_a_deadline_passes(clock: Clock) -> None:
    """What is left becomes less, and never less than nothing."""
    deadline = Deadline.after(20, clock.monotonic)
    seen = []
    for _ in range(4):
        seen.append((deadline.left, deadline.passed))
        clock.sleep(10)

    assert seen == [(20, False), (10, False), (0, True), (0, True)]


def test_a_step_takes_no_more_than_is_left(clock: Clock) -> None:
    """Without a deadline a step may take what it wants; after it, nothing begins."""
    assert time_left(5) == 5
    with ends_by(Deadline.after(20, clock.monotonic)):
        assert time_left(5) == 5
        clock.sleep(17)
        assert time_left(5) == 3
        clock.sleep(3)
        with pytest.raises(TimeoutError):
            time_left(5)
    assert time_left(5) == 5
