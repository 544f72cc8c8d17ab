"""How often Python looks for cycles."""

import ctypes
import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

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


def test_nothing_is_collected_while_modules_are_imported() -> None:
    """Also where it fails; afterwards cycles are collected as before."""
    with garbage.none_collected():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), garbage.none_collected():
        raise ImportError
    assert gc.isenabled()

    gc.disable()
    with garbage.none_collected():
        pass
    assert not gc.isenabled()
    gc.enable()


def test_what_exists_at_the_start_is_not_looked_through_again() -> None:
    """Modules and their functions stay for the whole life of the program."""
    garbage.settle()

    assert gc.get_freeze_count() > 10_000


def resident() -> int:
    """The memory of this process in kB (`man 5 proc`: VmRSS)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs glibc")
def test_memory_that_is_free_is_given_back() -> None:
    """Also below objects that stay, which keep glibc from doing it by itself."""
    texts = [bytes(1_000) for _ in range(100_000)]
    staying = texts[-1]
    before = resident()
    del texts
    garbage.give_back()

    assert before - resident() > 50_000
    assert staying
