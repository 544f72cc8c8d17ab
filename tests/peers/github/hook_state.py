"""Webhooks and the attempts to deliver their events."""

from dataclasses import dataclass, field
from datetime import datetime

_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver an event."""

    id: int
    guid: str
    at: datetime
    status_code: int
    event: str = "push"
    redelivery: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the address answered with success."""
        return self.status_code in _SUCCESS


@dataclass(slots=True)
class Hook:
    """A webhook; `attempts` are the oldest first.

    Attributes:
        next_status: what its address answers to further attempts.
    """

    attempts: list[Attempt] = field(default_factory=list)
    next_status: int = 202
