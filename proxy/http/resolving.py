"""Name resolution with a time limit: the system's resolver has none that a caller could set."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from proxy.deadline import time_left

RESOLVE_SECONDS = 5.0
_MOST_AT_ONCE = 64


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses that the system resolves a host to, without duplicates."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class SystemResolver:
    """Resolves names with the system's resolver. Safe to use from many threads.

    `getaddrinfo` cannot be interrupted, and waits for each of its name servers. So it runs in a daemon thread, for
    which a caller waits at most 5 seconds. All who ask for one name share its thread: a name that hangs costs one
    thread, not one for each caller.

    Args:
        look_up: called in the daemon thread.
        seconds: how long a caller waits.
    """

    def __init__(
        self, look_up: Callable[[str, int], list[str]] = system_addresses, *, seconds: float = RESOLVE_SECONDS
    ) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], Future[list[str]]] = {}

    def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host.

        Raises:
            OSError: it has none, or the name servers did not answer in time.
            UnicodeError: the name cannot be encoded.
        """
        if _is_address(host):
            return self._look_up(host, port)
        seconds = time_left(self._seconds)
        found = self._started(host, port)
        try:
            return found.result(seconds)
        except TimeoutError:
            if found.done():
                raise
            raise TimeoutError(f"the name servers did not answer within {self._seconds:g} s") from None

    def _started(self, host: str, port: int) -> Future[list[str]]:
        with self._lock:
            if running := self._running.get((host, port)):
                return running
            if len(self._running) >= _MOST_AT_ONCE:
                raise OSError(f"the name servers have not answered for {_MOST_AT_ONCE} other names yet")
            future = self._running[host, port] = Future()
        threading.Thread(target=self._run, args=(host, port, future), name="resolve", daemon=True).start()
        return future

    def _run(self, host: str, port: int, future: Future[list[str]]) -> None:
        try:
            found = self._look_up(host, port)
        except BaseException as error:  # noqa: BLE001 - raised again in the threads of the callers
            self._forget(host, port)
            future.set_exception(error)
        else:
            self._forget(host, port)
            future.set_result(found)

    def _forget(self, host: str, port: int) -> None:
        with self._lock:
            self._running.pop((host, port), None)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0].strip("[]"))
    except ValueError:
        return False
    return True
