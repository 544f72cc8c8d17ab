"""The queues of the worker in memory."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from provider.domain.events import Event
from provider.operation_ports import CheckRequest, HistoryPage
from provider.ports import Place
from provider.services.reacting.reactions import Reactions
from provider.services.reacting.wanted import ConfigSource
from provider.services.round import Round
from provider.webhook_ports import Delivery, DeliveryFilter, DeliveryState, StoredDelivery, Taken
from tests.provider.services.world import START

CONFIG = ConfigSource("https://github.com/acme/image-config.git", frozenset({"main"}))


class Requests:
    """Requests for checks in memory."""

    def __init__(self, *names: tuple[str, ...]) -> None:
        self._open = [CheckRequest(number, START, each) for number, each in enumerate(names)]

    def ask(self, names: Sequence[str], at: datetime) -> None:
        """Add one."""
        self._open.append(CheckRequest(len(self._open), at, tuple(names)))

    def open(self) -> Sequence[CheckRequest]:
        """All that are left."""
        return list(self._open)

    def done(self, requests: Sequence[CheckRequest]) -> None:
        """Remove these."""
        self._open = [each for each in self._open if each not in requests]


class Inbox:
    """The inbox of webhooks in memory; `outcomes` has what became of each delivery, `heard` the places."""

    def __init__(self, *events: Event) -> None:
        self._open: dict[int, StoredDelivery] = {}
        self._numbers = itertools.count(1)
        self.outcomes: dict[int, str] = {}
        self.heard: dict[str, datetime] = {}
        for event in events:
            self.put(event)

    def put(self, *events: Event) -> int:
        """Deliver these events together."""
        number = next(self._numbers)
        delivery = Delivery("github", str(number), START, "event", events)
        self._open[number] = StoredDelivery(number, delivery, DeliveryState.OPEN)
        return number

    def take(self, delivery: Delivery) -> Taken:
        """See the port."""
        return Taken(self.put(*delivery.events), delivery.events)

    def open(self, limit: int) -> Sequence[StoredDelivery]:
        """See the port."""
        return list(self._open.values())[:limit]

    def done(self, numbers: Sequence[int], outcome: str) -> None:
        """See the port."""
        for number in numbers:
            del self._open[number]
            self.outcomes[number] = outcome

    def recent(
        self, wanted: DeliveryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[StoredDelivery]:
        """See the port."""
        raise NotImplementedError

    def every(self, wanted: DeliveryFilter) -> Iterator[StoredDelivery]:
        """See the port."""
        raise NotImplementedError

    def last_heard(self, place: str) -> datetime | None:
        """See the port."""
        return self.heard.get(place)

    def prune(self, before: datetime) -> int:
        """See the port."""
        raise NotImplementedError


def reactions(
    use_cases: Round,
    requests: Requests | None = None,
    inbox: Inbox | None = None,
    poll_soon: Callable[[str], str] = lambda address: f"polled {address}",
) -> Reactions:
    """The reactions over these queues."""
    return Reactions(use_cases, requests or Requests(), inbox or Inbox(), CONFIG, poll_soon)
