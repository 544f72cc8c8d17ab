"""How far a long piece of work is, for a person who waits for it."""

from collections.abc import Callable

Progress = Callable[[str, int], Callable[[], None]]
"""Begins a piece of work by its name and its number of steps; the result is called after each step, from any thread."""


def no_progress(_what: str, _steps: int) -> Callable[[], None]:
    """Nobody waits."""
    return _nothing


def _nothing() -> None:
    """A step that is shown to nobody."""
