"""How often Python looks for cycles."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from provider import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leaves collections as the other tests have them."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


class _Cycle:
    def __init__(self) -> None:
        self.own = self


def test_cycles_that_are_made_later_are_still_collected() -> None:
    """Only what exists at the start is left out."""
    garbage.settle()

    cycles = [weakref.ref(_Cycle()) for _ in range(30_000)]

    assert sum(cycle() is None for cycle in cycles) > 20_000


def test_what_exists_at_the_start_is_not_looked_through_again() -> None:
    """Modules and their functions stay for the whole life of the program."""
    garbage.settle()

    assert gc.get_freeze_count() > 10_000
