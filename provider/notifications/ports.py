"""What sending messages needs: a queue that survives a kill, and a channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from provider.notifications.message import Message


class Outbox(Protocol):
    """Messages that are still to be sent, and the receipts of those that were."""

    def put(self, message: Message, now: datetime) -> None:
        """Have it sent; where its id is known and the body is another one, the message is to be updated.

        `receipt`, `tried` and `revision` are the outbox's own and not read.
        """

    def due(self, now: datetime, limit: int) -> Sequence[Message]:
        """Messages to send now, those put first first."""

    def trying(self, message: Message) -> None:
        """Note, before it is sent, that it may be."""

    def sent(self, message: Message, receipt: str) -> None:
        """Note that this revision of it has arrived; a newer one stays due."""

    def postponed(self, message: Message, retry_at: datetime, problem: str) -> None:
        """Note that it certainly did not arrive, and when to try again."""

    def refused(self, message: Message, problem: str) -> None:
        """Note that the channel does not take this revision: it is kept with the problem, and a newer one is due."""

    def take_up_refused(self) -> None:
        """Have everything that was refused tried once more, since a person may have put right what was wrong."""

    def forget(self, before: datetime) -> None:
        """Forget messages that were put before then and have arrived."""


class Notifier(Protocol):
    """A channel.

    Every method raises:
        proxy.errors.Never: the channel does not take it (no such channel, a bad token).
        proxy.errors.NotNow: it certainly did not arrive; `retry_at` may say when to send it again.
        proxy.errors.PerhapsDone: it may have arrived; look for it before it is sent again.
    """

    def send(self, message: Message) -> str:
        """Send it; the receipt by which it can be updated."""

    def update(self, message: Message, receipt: str) -> str:
        """Put the message's body in the place of what was sent; the receipt from now on."""

    def find(self, message: Message) -> str | None:
        """The receipt of a message of this id, asked of the channel's own history; None where there is none."""
