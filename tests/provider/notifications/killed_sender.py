"""The service's own sender of messages in a separate process that kills itself: `killed_sender.py MOMENT`.

The settings are in the environment. With the moment "never" it sends until no message is due. Its clock jumps to the
time of the next call.
"""

import os
import signal
import sys
from datetime import datetime

import pytest

from provider.composition import messages
from provider.composition.parts import Parts, utc_now
from provider.notifications.message import Message
from provider.settings import read_settings
from provider.store.outbox import SqlOutbox

MOMENTS = ("before-trying", "after-trying", "after-send", "after-sent")


class SteeredOutbox(SqlOutbox):
    """Kills the process before or after a record."""

    moment = "never"

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

    def _at(self, moment: str) -> None:
        if moment == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str) -> None:
    """Send messages, and kill this process at the moment."""
    SteeredOutbox.moment = moment
    # The composition takes the outbox that kills, and the clock that jumps.
    patched = pytest.MonkeyPatch()
    patched.setattr(messages, "SqlOutbox", SteeredOutbox)
    now = [utc_now()]

    def clock() -> datetime:
        return now[0]

    patched.setattr(messages, "utc_now", clock)
    with Parts.open(read_settings(os.environ)) as parts:
        sender = messages.message_worker(parts)._current_sender(clock())
        again = sender.send_next()
        while again is not None:
            now[0] = again
            again = sender.send_next()


if __name__ == "__main__":
    main(*sys.argv[1:])
