"""Packing the objects of a checkout: in the background and with its own time limit, never within another command.

`git fetch` would do it by itself, under the limit of a request to the remote: 40,000 loose objects, as 10,000 new
images leave them, take a minute on a busy disk. Cut off, it would begin again with each fetch, and none would ever end.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from provider.errors import ProviderError
from provider.git.command import GitCommand
from provider.git.environment import with_config
from proxy.errors import OutsideFailure
from proxy.observing.event_log import EventLog

FIRST_SECONDS = 60.0
"""Not at once: what starts has more important things to do."""
EVERY_SECONDS = 3_600.0
PACK_SECONDS = 1_800.0
WHEN = (("gc.auto", "6700"), ("gc.autoPackLimit", "50"))
"""Git's own default: from so many loose objects on, and from so many packs on, it packs them."""
_log = EventLog(__name__)


class Housekeeping:
    """Packs repositories a minute after it was made, and then once an hour. Safe to use from many threads.

    Args:
        repositories: git in each of them; it needs no lock of the checkout, as git locks what it changes.
        monotonic: the clock, in seconds.
    """

    def __init__(self, repositories: Sequence[GitCommand], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._repositories = [_unlimited(git) for git in repositories]
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._due = monotonic() + FIRST_SECONDS
        self._running: threading.Thread | None = None

    def begin_if_due(self) -> None:
        """Begin to pack in the background; returns at once."""
        with self._lock:
            busy = self._running is not None and self._running.is_alive()
            if busy or self._monotonic() < self._due:
                return
            self._due = self._monotonic() + EVERY_SECONDS
            self._running = threading.Thread(target=self._pack, name="git-housekeeping", daemon=True)
            self._running.start()

    def wait(self) -> None:
        """Wait until nothing is packed any more."""
        running = self._running
        if running is not None:
            running.join()

    def _pack(self) -> None:
        for git in self._repositories:
            try:
                git.run("gc", "--auto", "--quiet", doing=f"pack the objects of {git.folder}")
            except (OutsideFailure, ProviderError) as error:
                _log.warning(
                    "packing_failed",
                    "{error}; tried again within {minutes} minutes, and nothing waits for it",
                    error=error,
                    minutes=round(EVERY_SECONDS / 60),
                )


def _unlimited(git: GitCommand) -> GitCommand:
    """Without the descriptor of the checkout's lock, so that the lock ends with the service while git still packs."""
    environment = with_config(git.environment, WHEN)
    return replace(git, environment=environment, inherited=(), local_seconds=PACK_SECONDS)
