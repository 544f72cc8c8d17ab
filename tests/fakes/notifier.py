"""A channel in memory: it keeps the promises of the real ones, and its answers can be made to fail."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from provider.notifications.failures import CannotUpdate
from provider.notifications.message import Message
from provider.notifications.queue_state import ChannelProblem
from proxy.errors import OutcomeUnknown, OutsideFailure


@dataclass(frozen=True, slots=True)
class _Script:
    error: Exception
    arrives: bool


class FakeNotifier:
    """A channel with its messages in `channel`, by receipt, oldest first.

    Attributes:
        asked: the method of every call that concerns a message, oldest first.
        checks: how often the configuration was checked.
        wrong: what a check finds; an exception is raised.
    """

    name: ClassVar[str] = "fake"
    where: ClassVar[str] = "#fake"

    def __init__(self) -> None:
        self.checks = 0
        self.wrong: list[ChannelProblem] | OutsideFailure = []
        self.channel: dict[str, Message] = {}
        self.asked: list[str] = []
        self._scripts: deque[_Script] = deque()

    def fail_next(self, error: Exception) -> None:
        """Let the next call of any method do nothing and raise this error."""
        self._scripts.append(_Script(error, arrives=False))

    def lose_next(self, *, arrives: bool) -> None:
        """Let the next message get no answer, whether it arrives or not."""
        self._scripts.append(_Script(OutcomeUnknown("the answer was lost"), arrives=arrives))

    def send(self, message: Message) -> str:
        """See the port."""
        receipt = f"receipt-{len(self.channel) + 1}"
        self._put("send", message, receipt)
        return receipt

    def update(self, message: Message, receipt: str) -> str:
        """See the port."""
        if receipt not in self.channel:
            raise CannotUpdate(f"there is no message {receipt}")
        self._put("update", message, receipt)
        return receipt

    def find(self, message: Message) -> str | None:
        """See the port."""
        self.asked.append("find")
        if self._scripts:
            raise self._scripts.popleft().error
        return next((receipt for receipt, each in self.channel.items() if each.id == message.id), None)

    def check(self) -> Sequence[ChannelProblem]:
        """See the port."""
        self.checks += 1
        if isinstance(self.wrong, OutsideFailure):
            raise self.wrong
        return tuple(self.wrong)

    def _put(self, method: str, message: Message, receipt: str) -> None:
        self.asked.append(method)
        script = self._scripts.popleft() if self._scripts else None
        if script is None or script.arrives:
            self.channel[receipt] = replace(message)
        if script is not None:
            raise script.error
