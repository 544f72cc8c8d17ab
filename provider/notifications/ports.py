"""The ports of sending messages: a persistent queue, and a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from provider.notifications.message import Message


@dataclass(frozen=True, slots=True)
class MessageProblem:
    """A reason why messages have not arrived; `since` is when the oldest of them was queued."""

    text: str
    messages: int
    since: datetime


class Outbox(Protocol):
    """The queue of messages, and the receipts of those that were sent."""

    def put(self, message: Message, now: datetime) -> None:
        """Add a message; if its id is known and its body differs, the sent message will be updated.

        `receipt`, `tried` and `revision` of the argument are ignored: the outbox sets them.
        """

    def due(self, now: datetime, limit: int) -> Sequence[Message]:
        """Messages to send now, the oldest first."""

    def trying(self, message: Message) -> None:
        """Record that sending begins."""

    def sent(self, message: Message, receipt: str) -> None:
        """Record that this revision arrived; a newer one stays due."""

    def postponed(self, message: Message, retry_at: datetime, problem: str) -> None:
        """Record that the message certainly did not arrive, and when to try again."""

    def refused(self, message: Message, problem: str) -> None:
        """Record that the channel refused this revision: it is kept with the problem, and a newer one is due."""

    def take_up_refused(self) -> None:
        """Make all refused messages due again, because the settings may have changed."""

    def problems(self) -> Sequence[MessageProblem]:
        """Why messages have not arrived, each reason once, with the number of its messages and the oldest of them."""

    def forget(self, before: datetime) -> None:
        """Delete messages that were put before this time and have arrived."""


class Notifier(Protocol):
    """A channel.

    Every method raises:
        proxy.errors.Never: the channel refuses the message (no such channel, an invalid token).
        proxy.errors.NotNow: the message certainly did not arrive; `retry_at` may say when to send it again.
        proxy.errors.PerhapsDone: the message may have arrived; use `find` before it is sent again.
    """

    def send(self, message: Message) -> str:
        """Send the message; returns the receipt for updates."""

    def update(self, message: Message, receipt: str) -> str:
        """Replace the sent message with the present body; returns the receipt for the next update."""

    def find(self, message: Message) -> str | None:
        """The receipt of the message with this id in the channel's history; None if it is not there."""
