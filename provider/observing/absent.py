"""Packages that a library would import although nothing here uses what it does with them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(name: str) -> Iterator[None]:
    """Let what is imported in this block find no such package; nothing changes if it was imported before.

    None in the place of a module is how Python says that it cannot be imported
    (docs.python.org/3/reference/import.html, "The module cache").
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # as the documentation says
    try:
        yield
    finally:
        del sys.modules[name]
