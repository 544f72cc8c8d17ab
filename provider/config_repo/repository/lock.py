"""One process at a time works in a checkout: an flock on a file beside it."""

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from provider.errors import CheckoutInUse

WAIT_SECONDS = 15.0
ORPHAN_SECONDS = 120.0
"""How long a git that outlived its service may take to end: as long as one command may run (`provider.git.command`)."""
_LOOK_AGAIN_SECONDS = 0.05


class CheckoutLock:
    """The lock, once taken. The kernel gives it up when the last process that holds its descriptor ends.

    Git processes inherit the descriptor: after a crash the lock stays held until an orphaned push has ended, so that
    nobody removes the lock files of a git that still works.
    """

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(
        cls,
        checkout: Path,
        *,
        wait_seconds: float = WAIT_SECONDS,
        orphan_seconds: float = ORPHAN_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> "CheckoutLock":
        """Lock the checkout, waiting a little for a process that is just ending.

        Args:
            checkout: the folder.
            wait_seconds: how long to wait while the process that took the lock lives.
            orphan_seconds: how long to wait once that process has ended and only a git that it started holds the lock.
            monotonic: the clock for both.
            sleep: waits between two attempts.

        Raises:
            CheckoutInUse: another process has it; the message names that process.
        """
        path = checkout.with_name(f"{checkout.name}.lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        began = monotonic()
        while not _taken(descriptor):
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            if monotonic() - began >= (wait_seconds if _lives(holder) else max(wait_seconds, orphan_seconds)):
                os.close(descriptor)
                raise CheckoutInUse(
                    f"{checkout}: process {holder}, or a git that it started, uses this checkout; "
                    "stop it, or set IMAGE_FACTORY_CONFIG_CHECKOUT to another folder"
                )
            sleep(_LOOK_AGAIN_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        return cls(descriptor)

    @property
    def descriptor(self) -> int:
        """For the git processes to inherit."""
        return self._descriptor

    def release(self) -> None:
        """Give it up; doing so twice is harmless."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1


def _lives(holder: str) -> bool:
    """Whether the process that took the lock still runs; yes where it wrote no number."""
    if not holder.isdecimal():
        return True
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
