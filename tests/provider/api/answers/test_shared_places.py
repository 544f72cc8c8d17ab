"""Places that callers share."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from provider.api.answers.shared_places import PlaceLimits, SharedPlaces, Turn
from tests.peers.process import wait_until

NONE_WAIT = PlaceLimits(places=3, of_caller=2, waiting=0, waiting_of_caller=0, seconds=0)
AT_ONCE, WAITED, REFUSED = Turn.AT_ONCE, Turn.WAITED, Turn.REFUSED


def test_places_are_limited_in_all_and_for_each_caller() -> None:
    """One caller gets its share only, and all together no more than there are."""
    places = SharedPlaces(NONE_WAIT)

    turns = [places.take(caller) for caller in ("a", "a", "a", "b", "b", "c")]

    assert turns == [AT_ONCE, AT_ONCE, REFUSED, AT_ONCE, REFUSED, REFUSED]
    assert places.held() == 3


def test_a_place_that_is_given_back_is_free() -> None:
    """For every caller, as often as it is given back."""
    places = SharedPlaces(NONE_WAIT)
    for caller in ("a", "b", "a", "c"):
        turns = [places.take(caller), places.take(caller), places.take(caller)]
        assert turns == [AT_ONCE, AT_ONCE, REFUSED]
        places.give_back(caller)
        places.give_back(caller)

    assert places.held() == 0


def test_whoever_waits_longest_is_next_unless_it_has_its_share() -> None:
    """A place of another caller goes past one that has its share; one of its own goes to it."""
    places = SharedPlaces(PlaceLimits(places=3, of_caller=2, waiting=3, waiting_of_caller=1, seconds=60))
    for caller in ("a", "a", "b"):
        places.take(caller)
    with ThreadPoolExecutor(2) as threads:
        first, second = _waits(threads, places, "a"), _waits(threads, places, "c")
        places.give_back("b")
        assert second.result(timeout=30) is WAITED
        assert not first.done()
        places.give_back("a")
        assert first.result(timeout=30) is WAITED
    assert places.held() == 3


def test_few_wait_and_of_one_caller_fewer() -> None:
    """Whoever finds no place to wait is refused at once."""
    places = SharedPlaces(PlaceLimits(places=1, of_caller=1, waiting=2, waiting_of_caller=1, seconds=60))
    places.take("a")
    with ThreadPoolExecutor(2) as threads:
        waiting = [_waits(threads, places, "b")]
        assert places.take("b") is REFUSED
        waiting.append(_waits(threads, places, "c"))
        assert places.take("d") is REFUSED
        for caller in ("a", "b"):
            places.give_back(caller)
        assert [turn.result(timeout=30) for turn in waiting] == [WAITED, WAITED]


def test_a_wait_has_an_end() -> None:
    """After it the caller is refused, and waits no more: the next free place is for others."""
    places = SharedPlaces(PlaceLimits(places=1, of_caller=1, waiting=1, waiting_of_caller=1, seconds=0.01))
    places.take("a")

    assert places.take("b") is REFUSED

    places.give_back("a")
    assert places.held() == 0
    assert places.take("c") is AT_ONCE


def test_many_threads_never_hold_more_places_than_there_are() -> None:
    """Nor more than its share for one caller; in the end all are free."""
    limits = PlaceLimits(places=3, of_caller=2, waiting=4, waiting_of_caller=2, seconds=5)
    places, lock, most = SharedPlaces(limits), threading.Lock(), [0]

    def ask(number: int) -> None:
        caller = "ab"[number % 2]
        if places.take(caller) is not REFUSED:
            with lock:
                most[0] = max(most[0], places.held())
            places.give_back(caller)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(ask, range(2_000)))

    assert 1 <= most[0] <= limits.places
    assert places.held() == 0


def _waits(threads: ThreadPoolExecutor, places: SharedPlaces, caller: str) -> "Future[Turn]":
    """The turn of a caller that has begun to wait."""
    turn = threads.submit(places.take, caller)
    wait_until(_is_waiting(places, caller), f"{caller} should wait")
    return turn


def _is_waiting(places: SharedPlaces, caller: str) -> Callable[[], bool]:
    return lambda: any(waiter.caller == caller for waiter in tuple(places._waiting))
