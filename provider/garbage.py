"""How often Python looks for cycles of objects that nothing refers to any more, and what is done with free memory."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 5_000
_OLDER = 10


@contextmanager
def none_collected() -> Iterator[None]:
    """Collect nothing during the block, which imports modules and makes what is used until the program ends.

    A seventh of the processor time of a start went into looking through what was just imported (measured with the
    process of the web server: 2.1 s, and 1.8 s without).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def settle() -> None:
    """Leave what exists now out of all later collections, and collect less often; called once a program has started.

    A round over thousands of images makes many objects and few cycles. With Python's 700 new objects for each
    collection, and all modules among what is looked through, a tenth of its processor time went there (measured with
    2,000 digests).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)


def give_back() -> None:
    """Give memory that is free back to the system, after work that needed much of it.

    glibc keeps what was freed between other objects until it is asked (measured after the first round over 5,000
    images: 34 of 194 MB). Other C libraries do it by themselves, or not at all.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
