"""The ports of sending messages: persistent queues, and channels."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from provider.notifications.message import Message
from provider.notifications.queue_state import ChannelProblem, QueueFigures, QueueState

MAIN_QUEUE = "channel"
"""The queue of every message, for Slack or the log."""


RELEASES_QUEUE = "releases-webhook"
"""The queue of the messages about releases, for a webhook."""


class Outbox(Protocol):
    """A queue of messages for one channel, and the receipts of those that were sent. Their order never changes."""

    def put(self, message: Message, now: datetime) -> None:
        """Add a message to this queue and all others that take its kind.

        If its id is known and its body differs, the sent message will be updated. `receipt`, `tried` and `revision`
        of the argument are ignored: the outbox sets them.
        """

    def due(self, limit: int) -> Sequence[Message]:
        """Messages to send, the oldest first."""

    def trying(self, message: Message) -> None:
        """Record that sending begins."""

    def sent(self, message: Message, receipt: str) -> None:
        """Record that this revision arrived; a newer one stays due."""

    def not_sent(self, message: Message) -> None:
        """Record that the message certainly did not arrive; it stays due."""

    def send_anew(self, message: Message) -> None:
        """Forget the receipt: the message stays due, and will be sent as a new one."""

    def refused(self, message: Message, problem: str) -> None:
        """Record that the channel refused this revision: it is kept with the problem, and a newer one is due."""

    def take_up_refused(self) -> None:
        """Make all refused messages due again, because another release of the service may write them differently."""

    def forget(self, before: datetime) -> None:
        """Delete messages that were put before this time and have arrived."""

    def state(self) -> QueueState:
        """What was recorded last about the sending of these messages."""

    def record(self, state: QueueState) -> None:
        """Replace the recorded state."""


class MessageQueues(Protocol):
    """All queues of messages, for those who show them."""

    def figures(self) -> Sequence[QueueFigures]:
        """Each queue, the main one first."""


class Notifier(Protocol):
    """A channel.

    `send`, `update` and `find` raise:
        ChannelClosed, proxy.errors.Never: the channel takes no message until its configuration changes.
        MessageRefused: the channel refuses this message, and takes others.
        proxy.errors.NotNow: the message certainly did not arrive; `retry_at` may say when to send it again.
        proxy.errors.PerhapsDone: the message may have arrived; use `find` before it is sent again.
    """

    name: ClassVar[str]

    @property
    def where(self) -> str:
        """The channel's address for people; empty if there is none."""

    def send(self, message: Message) -> str:
        """Send the message; returns the receipt for updates."""

    def update(self, message: Message, receipt: str) -> str:
        """Replace the sent message with the present body; returns the receipt for the next update.

        Raises:
            CannotUpdate: only a new message can be sent.
        """

    def find(self, message: Message) -> str | None:
        """The receipt of the message with this id in the channel's history; None if it is not there."""

    def check(self) -> Sequence[ChannelProblem]:
        """What is wrong with the configuration; sends no message.

        Raises:
            proxy.errors.OutsideFailure: the channel cannot be asked now.
        """
