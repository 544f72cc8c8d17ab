"""A few places to wait."""

from contextlib import ExitStack

from provider.api.answers.waiting_places import WaitingPlaces


def test_places_are_limited_in_all_and_for_each_network() -> None:
    """One network gets its share only, and all together no more than there are."""
    places = WaitingPlaces(3, 2)
    with ExitStack() as waiting:
        taken = [waiting.enter_context(places.place(network)) for network in ("a", "a", "a", "b", "b", "c")]

    assert taken == [True, True, False, True, False, False]


def test_a_place_is_free_again_at_the_end_of_its_block() -> None:
    """Also when the block raises, and a block without a place gives none back."""
    places = WaitingPlaces(1, 1)
    for _ in range(3):
        try:
            with places.place("a") as free, places.place("a") as second:
                assert (free, second) == (True, False)
                raise LookupError
        except LookupError:
            pass
    with places.place("b") as free:
        assert free
