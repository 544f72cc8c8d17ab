"""A channel in memory: it keeps the promises of the real ones, and its answers can be made to fail."""

from collections import deque
from dataclasses import dataclass, replace

from provider.notifications.message import Message
from proxy.errors import OutcomeUnknown, OutsideFailure


@dataclass(frozen=True, slots=True)
class _Script:
    error: OutsideFailure
    arrives: bool


class FakeNotifier:
    """A channel with its messages in `channel`, by receipt, oldest first.

    Attributes:
        asked: the method of every call, oldest first.
        history: whether `find` sees what stands there.
    """

    def __init__(self) -> None:
        self.channel: dict[str, Message] = {}
        self.asked: list[str] = []
        self._scripts: deque[_Script] = deque()

    def fail_next(self, error: OutsideFailure) -> None:
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
        self._put("update", message, receipt)
        return receipt

    def find(self, message: Message) -> str | None:
        """See the port."""
        self.asked.append("find")
        if self._scripts:
            raise self._scripts.popleft().error
        return next((receipt for receipt, each in self.channel.items() if each.id == message.id), None)

    def _put(self, method: str, message: Message, receipt: str) -> None:
        self.asked.append(method)
        script = self._scripts.popleft() if self._scripts else None
        if script is None or script.arrives:
            self.channel[receipt] = replace(message)
        if script is not None:
            raise script.error
