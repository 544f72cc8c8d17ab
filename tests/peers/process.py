"""Child processes and ports of the peers: ready when they answer, and always stopped at the end."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
_POLL_SECONDS = 0.01
_STOP_SECONDS = 30.0
_LOG_TAIL = 2000


class PeerMissing(RuntimeError):
    """A program that a peer needs is not installed; the message says how to install it."""


class PeerFailed(RuntimeError):
    """A peer did not start, did not answer in time, or failed while it served."""


def require(program: str, package: str) -> str:
    """The path of an installed program.

    Raises:
        PeerMissing: it is not installed; `package` is the Debian package that has it.
    """
    found = shutil.which(program)
    if found is None:
        raise PeerMissing(f"{program} is missing: apt-get install {package}")
    return found


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait for a condition.

    Raises:
        PeerFailed: it did not hold within the deadline; the message names `what`.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise PeerFailed(f"waited {seconds:g} s in vain: {what}")
        time.sleep(_POLL_SECONDS)


def port_answers(port: int) -> bool:
    """Whether something accepts connections on that loopback port now."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=5.0).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """A port that no other process gets during the block, and on which nothing listens.

    The reservation is a bound socket that never listens. Linux lets a listener with SO_REUSEADDR bind beside it (Go and
    Python servers set that), and refuses connections while there is none.
    """
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind((LOOPBACK, 0))
        yield int(reservation.getsockname()[1])


@contextlib.contextmanager
def running(
    command: Sequence[str], *, log: Path, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A child process, from the time it is ready until the end of the block.

    Args:
        command: program and arguments.
        log: the file that gets what it prints.
        ready: whether it answers now.
        environment: all of its environment; None gives it ours.

    Raises:
        PeerFailed: it ended, or was not ready in time; the message has the end of its log.
    """
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    try:
        _wait_for_child(child, Path(command[0]).name, ready, log)
        yield child
    finally:
        _stop(child)


def _wait_for_child(child: subprocess.Popen[bytes], name: str, ready: Callable[[], bool], log: Path) -> None:
    try:
        wait_until(lambda: child.poll() is not None or ready(), f"{name} should answer")
    except PeerFailed as error:
        raise PeerFailed(f"{error}\n{_tail(log)}") from error
    if child.poll() is not None:
        raise PeerFailed(f"{name} ended with status {child.returncode} before it answered\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-_LOG_TAIL:]


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(_STOP_SECONDS)
