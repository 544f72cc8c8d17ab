"""The lock of a checkout: one process at a time uses it, by an flock on a file beside it."""

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from provider.errors import CheckoutInUse

WAIT_SECONDS = 15.0
ORPHAN_SECONDS = 120.0
"""How long git may take to end after its service has ended: the time limit of one command (`provider.git.command`)."""
_RETRY_SECONDS = 0.05


class CheckoutLock:
    """A lock that was taken. The kernel releases it when the last process with its descriptor ends.

    Git processes inherit the descriptor: after a crash the lock is held until an orphaned push has ended. So the lock
    files of a git process that still runs are not removed.
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
        """Lock the checkout; waits a short time for another process to end.

        Args:
            checkout: the folder.
            wait_seconds: how long to wait while the process that took the lock is running.
            orphan_seconds: how long to wait when that process has ended, and only git processes of it hold the lock.
            monotonic: the clock for both times.
            sleep: waits between two attempts.

        Raises:
            CheckoutInUse: another process has the lock; the message names that process.
        """
        path = checkout.with_name(f"{checkout.name}.lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        began = monotonic()
        while not _taken(descriptor):
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            if monotonic() - began >= (wait_seconds if _is_running(holder) else max(wait_seconds, orphan_seconds)):
                os.close(descriptor)
                raise CheckoutInUse(
                    f"{checkout}: process {holder}, or a git that it started, uses this checkout; "
                    "stop it, or set IMAGE_FACTORY_CONFIG_CHECKOUT to another folder"
                )
            sleep(_RETRY_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        return cls(descriptor)

    @staticmethod
    def is_held(checkout: Path) -> bool:
        """Whether a process uses the checkout now; makes no file, and keeps no lock."""
        try:
            descriptor = os.open(checkout.with_name(f"{checkout.name}.lock"), os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return False
        try:
            return not _taken(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    @property
    def descriptor(self) -> int:
        """The descriptor, which git processes inherit."""
        return self._descriptor

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1


def _is_running(holder: str) -> bool:
    """Whether the process that took the lock is running; True where the file has no process id."""
    if not holder.isdecimal():
        return True
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _taken(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
