"""The queue of requests of people in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from provider.domain.asking.request import Outcome, PersonRequest


class FakePersonRequests:
    """Keeps requests in the order in which they came."""

    def __init__(self) -> None:
        self._requests: dict[str, PersonRequest] = {}
        self._outcomes: dict[str, Outcome] = {}

    def ask(self, request: PersonRequest) -> None:
        """See the port."""
        self._requests.setdefault(request.id, request)

    def open(self, name: str | None = None) -> Sequence[PersonRequest]:
        """See the port."""
        waiting = [found for found in self._requests.values() if found.id not in self._outcomes]
        return [found for found in waiting if name in (None, found.name)]

    def close(self, outcomes: Mapping[str, Outcome], at: datetime) -> None:
        """See the port."""
        assert at.tzinfo
        self._outcomes |= outcomes

    def outcome(self, request_id: str) -> Outcome | None:
        """See the port."""
        return self._outcomes.get(request_id)
