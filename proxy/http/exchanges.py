"""Many exchanges at a time, begun and taken by one thread: no thread waits for each of them."""

from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from proxy.http.curl.failures import TransferFailed
from proxy.http.curl.transfer import Received
from proxy.http.exchange import Answer, Request
from proxy.http.transport import BegunExchange, Transport

Key = TypeVar("Key")


@dataclass(eq=False, slots=True)
class _Started(Generic[Key]):
    """Implements `Taker` for one exchange."""

    key: Key
    outcomes: "SimpleQueue[tuple[_Started[Key], Received | TransferFailed]]" = field(repr=False)
    begun: BegunExchange | None = None

    def put(self, outcome: Received | TransferFailed) -> None:
        self.outcomes.put((self, outcome))


class Exchanges(Generic[Key]):
    """Exchanges in progress. Belongs to one thread, which closes it.

    An exchange is sent once: repeats, redirects and the reasons of failures are left to `Transport.request`.

    Args:
        transport: sends the requests.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._outcomes: SimpleQueue[tuple[_Started[Key], Received | TransferFailed]] = SimpleQueue()
        self._running: set[_Started[Key]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def begin(self, key: Key, request: Request) -> bool:
        """Begin an exchange; false if it cannot begin now, or not in this way."""
        started = _Started(key, self._outcomes)
        started.begun = self._transport.begin(request, started)
        if started.begun is None:
            return False
        self._running.add(started)
        return True

    def ended(self, seconds: float) -> list[tuple[Key, Answer | None]]:
        """What has ended, after at most this time; None: there is no answer."""
        found: list[tuple[Key, Answer | None]] = []
        try:
            started, outcome = self._outcomes.get(timeout=seconds)
            while True:
                self._running.discard(started)
                if started.begun:
                    found.append((started.key, self._transport.ended(started.begun, outcome)))
                started, outcome = self._outcomes.get_nowait()
        except Empty:
            return found

    def close(self) -> list[Key]:
        """Give up what is in progress; returns its keys."""
        keys = [started.key for started in self._running]
        for started in self._running:
            if started.begun:
                self._transport.give_up(started.begun)
        self._running.clear()
        return keys
