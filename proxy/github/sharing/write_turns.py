"""One write a second over all processes that share GitHub's credentials."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from catalog.times import utc_time
from proxy.errors import KeptBack
from proxy.http.transport import Transport

BETWEEN_WRITES_SECONDS = 1.0
"""The docs ask for a second between writes ("Best practices for using the REST API")."""

_LOOK_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 20.0

TakeTurn = Callable[[str], AbstractContextManager[object] | None]
"""Takes the turn of this name; None while another holder, in this or another process, has it."""


class WriteTurns:
    """Each write takes the turn of its credential, which nobody else gets for a second. Safe to use from many threads.

    A process that is killed gives its turn back at once.

    Args:
        transport: its clock, and its sleep for the wait.
        take: takes a turn.
        name: of the credential.
    """

    def __init__(self, transport: Transport, take: TakeTurn, name: str) -> None:
        self._transport = transport
        self._take = take
        self._name = f"github writes {name}"

    def wait(self) -> None:
        """Wait for a turn; the write follows at once.

        Raises:
            KeptBack: others have written all the time; nothing was sent.
        """
        waited = 0.0
        while (turn := self._take(self._name)) is None:
            if waited >= _LONGEST_WAIT_SECONDS:
                now = self._transport.now()
                raise KeptBack(f"other processes write to GitHub; this one tries again from {utc_time(now)} on", now)
            self._transport.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
        held = ExitStack()
        held.enter_context(turn)
        end = threading.Timer(BETWEEN_WRITES_SECONDS, held.close)
        end.daemon = True
        end.start()
