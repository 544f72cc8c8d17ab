"""An outbox in memory, with the promises of the one in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provider.notifications.message import Message
from provider.notifications.queue_state import QueueState


@dataclass(frozen=True, slots=True)
class Kept:
    """A message: when it was put, whether it has arrived, and why it was refused."""

    message: Message
    put_at: datetime
    arrived: int = 0
    refused: int = 0
    problem: str = ""

    @property
    def open(self) -> bool:
        """Whether this revision is still to be sent."""
        return self.message.revision > max(self.arrived, self.refused)


class FakeOutbox:
    """See the port.

    Attributes:
        kept: every message by id, with what is known of it.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self._state = QueueState()

    def put(self, message: Message, now: datetime) -> None:
        """See the port."""
        known = self.kept.get(message.id)
        if known is None:
            fresh = replace(message, receipt=None, tried=False, revision=1, put_at=now)
            self._keep(Kept(fresh, now))
        elif known.message.body != message.body:
            changed = replace(known.message, body=message.body, revision=known.message.revision + 1)
            self._keep(replace(known, message=changed))

    def due(self, limit: int) -> Sequence[Message]:
        """See the port."""
        due = [each for each in self.kept.values() if each.open]
        return [each.message for each in sorted(due, key=lambda each: each.put_at)[:limit]]

    def trying(self, message: Message) -> None:
        """See the port."""
        known = self.kept[message.id]
        self._keep(replace(known, message=replace(known.message, tried=True)))

    def sent(self, message: Message, receipt: str) -> None:
        """See the port."""
        known = self.kept[message.id]
        arrived = replace(known.message, receipt=receipt, tried=False)
        self._keep(replace(known, message=arrived, arrived=message.revision, problem=""))

    def not_sent(self, message: Message) -> None:
        """See the port."""
        known = self.kept[message.id]
        self._keep(replace(known, message=replace(known.message, tried=False)))

    def send_anew(self, message: Message) -> None:
        """See the port."""
        known = self.kept[message.id]
        self._keep(replace(known, message=replace(known.message, tried=False, receipt=None)))

    def refused(self, message: Message, problem: str) -> None:
        """See the port."""
        self._keep(replace(self.kept[message.id], refused=message.revision, problem=problem))

    def take_up_refused(self) -> None:
        """See the port."""
        for known in list(self.kept.values()):
            self._keep(replace(known, refused=0))

    def forget(self, before: datetime) -> None:
        """See the port."""
        for known in list(self.kept.values()):
            if known.arrived == known.message.revision and known.put_at < before:
                del self.kept[known.message.id]

    def state(self) -> QueueState:
        """See the port."""
        return self._state

    def record(self, state: QueueState) -> None:
        """See the port."""
        self._state = state

    def _keep(self, kept: Kept) -> None:
        self.kept[kept.message.id] = kept
