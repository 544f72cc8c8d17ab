"""One process at a time writes to the config repository; the others wait for their turn, but not for ever.

The turn saves lost races: each costs a refused push, a fetch and another push. What keeps the truth is the comparison
that git makes for each push. So a process that has stopped with the turn, or a database that gives no turns, stops
nobody.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from proxy.observing.event_log import EventLog

WAIT_SECONDS = 10.0
"""How long a write waits for its turn; a usual push takes a second or two."""

TakeTurn = Callable[[float], AbstractContextManager[object] | None]
"""Waits at most so many seconds for the turn, and takes it; None: another process still has it."""

_log = EventLog(__name__)


def no_turns(_seconds: float) -> AbstractContextManager[object]:
    """The turn of a process beside which no other one writes."""
    return nullcontext()


class WriterTurn:
    """The turn of this process to write; its threads write one after another.

    Args:
        take: takes the turn, over all processes.
        seconds: how long a write waits. After one that has waited in vain, the next ones only look whether the turn is
            free: a process that has stopped costs this wait once.
    """

    def __init__(self, take: TakeTurn = no_turns, seconds: float = WAIT_SECONDS) -> None:
        self._take = take
        self._seconds = seconds
        self._missed = False
        self._writing = threading.RLock()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Write within this block."""
        with self._writing, self._taken():
            yield

    def _taken(self) -> AbstractContextManager[object]:
        try:
            turn = self._take(0.0 if self._missed else self._seconds)
            problem = f"another process has written for longer than {self._seconds:g} s, or has stopped"
        except Exception as error:  # noqa: BLE001 - whatever the database or the disk raises, git compares each push
            turn, problem = None, f"{type(error).__name__}: {error}"
        if turn is None and not self._missed:
            _log.warning(
                "writer_turn_missed",
                "Writing to the config repository without a turn of its own until one is free: {error}. "
                "Nothing is lost, but pushes may be refused and made again",
                error=problem,
            )
        self._missed = turn is None
        return turn or nullcontext()
