"""Whether a thread may wait for another host."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from proxy.places import NoPlace, limited_by, may_wait, take_place


def answers(seconds: int | None, asked: list[int | None]) -> Callable[[], int | None]:
    """Always answers so."""

    def take() -> int | None:
        asked.append(seconds)
        return seconds

    return take


def test_without_a_limit_every_thread_may_wait() -> None:
    """As in the worker and in commands."""
    take_place()

    assert may_wait()


def test_a_place_is_asked_for_only_before_a_wait() -> None:
    """A block that waits for nothing takes none."""
    asked: list[int | None] = []
    with limited_by(answers(None, asked)):
        assert asked == []
        assert may_wait()
        take_place()

    assert asked == [None, None]


def test_without_a_place_the_refusal_says_when_to_ask_again() -> None:
    """In the block only, also when it raises, and a block in it has its own limit."""
    with suppress(LookupError), limited_by(answers(7, [])):
        assert not may_wait()
        with pytest.raises(NoPlace, match="try again in a moment") as refused:
            take_place()
        assert refused.value.retry_seconds == 7
        with limited_by(answers(None, [])):
            take_place()
        assert not may_wait()
        raise LookupError

    assert may_wait()


def test_other_threads_have_no_limit() -> None:
    """What a request begins in the background needs no place: no thread of the server waits there."""
    seen: list[bool] = []
    with limited_by(answers(5, [])):
        thread = threading.Thread(target=lambda: seen.append(may_wait()))
        thread.start()
        thread.join()

    assert seen == [True]
