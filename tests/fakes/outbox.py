"""An outbox in memory, with the promises of the one in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provider.notifications.message import Message
from provider.notifications.ports import MessageProblem


@dataclass(frozen=True, slots=True)
class Kept:
    """A message: when it was put, when it is due, whether it has arrived, and the last error of the channel."""

    message: Message
    put_at: datetime
    due_at: datetime | None = None
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

    def put(self, message: Message, now: datetime) -> None:
        """See the port."""
        known = self.kept.get(message.id)
        if known is None:
            fresh = replace(message, receipt=None, tried=False, revision=1)
            self._keep(Kept(fresh, now))
        elif known.message.body != message.body:
            changed = replace(known.message, body=message.body, revision=known.message.revision + 1)
            self._keep(replace(known, message=changed, due_at=None))

    def due(self, now: datetime, limit: int) -> Sequence[Message]:
        """See the port."""
        due = [each for each in self.kept.values() if each.open and (each.due_at is None or each.due_at <= now)]
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

    def postponed(self, message: Message, retry_at: datetime, problem: str) -> None:
        """See the port."""
        known = self.kept[message.id]
        still = replace(known.message, tried=False)
        self._keep(replace(known, message=still, due_at=retry_at, problem=problem))

    def refused(self, message: Message, problem: str) -> None:
        """See the port."""
        self._keep(replace(self.kept[message.id], refused=message.revision, problem=problem))

    def take_up_refused(self) -> None:
        """See the port."""
        for known in list(self.kept.values()):
            self._keep(replace(known, refused=0))

    def problems(self) -> Sequence[MessageProblem]:
        """See the port."""
        found: dict[str, list[datetime]] = {}
        for known in self.kept.values():
            if known.problem:
                found.setdefault(known.problem, []).append(known.put_at)
        every = (MessageProblem(text, len(times), min(times)) for text, times in found.items())
        return sorted(every, key=lambda each: (each.since, each.text))

    def forget(self, before: datetime) -> None:
        """See the port."""
        for known in list(self.kept.values()):
            if known.arrived == known.message.revision and known.put_at < before:
                del self.kept[known.message.id]

    def _keep(self, kept: Kept) -> None:
        self.kept[kept.message.id] = kept
