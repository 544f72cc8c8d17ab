"""The progress of long work, for a person who waits for it."""

from collections.abc import Callable

Progress = Callable[[str, int], Callable[[], None]]
"""Takes the name of the work and the number of its steps; returns what is called after each step, from any thread."""


def no_progress(_what: str, _steps: int) -> Callable[[], None]:
    """Show no progress."""
    return _nothing


def _nothing() -> None:
    """Do nothing after a step."""
