"""A message sender in a separate process that kills itself: `killed_sender.py DATABASE API_URL TOKEN MOMENT`.

With the moment "never" it sends until no message is due. Its clock jumps to the time of the next call.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine

from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.message import Message
from provider.notifications.sending import MessageSender
from provider.store.engine import open_engine
from provider.store.outbox import SqlOutbox
from proxy.secrets.secret import Secret
from tests.proxy.scripted import real_transport

MOMENTS = ("before-trying", "after-trying", "after-send", "after-sent")
At = Callable[[str], None]


class SteeredOutbox(SqlOutbox):
    """Calls a function before and after each record."""

    def __init__(self, engine: Engine, at: At) -> None:
        super().__init__(engine)
        self._at = at

    def trying(self, message: Message) -> None:
        """See the port."""
        self._at("before-trying")
        super().trying(message)
        self._at("after-trying")

    def sent(self, message: Message, receipt: str) -> None:
        """See the port."""
        self._at("after-send")
        super().sent(message, receipt)
        self._at("after-sent")


def main(database: str, api_url: str, token: str, moment: str) -> None:
    """Send messages, and kill this process at the moment."""

    def die_at(now: str) -> None:
        if now == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    now = [datetime.now(UTC)]
    channel = SlackNotifier(
        Secret(token), "builds", api_url=api_url, public_url="https://images.example.com", transport=real_transport()
    )
    sender = MessageSender(SteeredOutbox(open_engine(database), die_at), channel, lambda: now[0], restarted=True)
    again = sender.send_next()
    while again is not None:
        now[0] = again
        again = sender.send_next()


if __name__ == "__main__":
    main(*sys.argv[1:])
