"""The log, for where no Slack token is set: a line a message."""

import logging
from collections.abc import Mapping
from typing import Self

from provider.notifications.channels.bodies import part, parts, text
from provider.notifications.channels.mrkdwn import CUT, one_line
from provider.notifications.message import Message, MessageKind
from provider.settings.settings import Settings

RECEIPT = "log"
_LONGEST = 1000
_log = logging.getLogger(__name__)


class LogNotifier:
    """Writes each message, and each change of one, as a line. A log cannot be asked what stands in it."""

    @classmethod
    def of_settings(cls, settings: Settings) -> Self | None:  # noqa: ARG003 - it needs none of them
        """It is always there."""
        return cls()

    def send(self, message: Message) -> str:
        """See the port."""
        line = one_line(line_of(message))
        _log.info("%s", line if len(line) <= _LONGEST else line[: _LONGEST - 1] + CUT)
        return RECEIPT

    def update(self, message: Message, receipt: str) -> str:  # noqa: ARG002 - the port's argument
        """See the port."""
        return self.send(message)

    def find(self, message: Message) -> str | None:  # noqa: ARG002 - the port's argument
        """Never: a line that stands there twice is better than none."""
        return None


def line_of(message: Message) -> str:
    """The message in a line."""
    body = message.body
    match message.kind:
        case MessageKind.RELEASES:
            versions = ", ".join(text(release, "version") for release in parts(body, "releases"))
            return f"new releases of {text(part(body, 'repository'), 'name') or message.subject}: {versions}"
        case MessageKind.REBUILD:
            urgent = "emergency rebuild" if body.get("emergency") is True else "rebuild"
            return f"{urgent} of {message.subject}: {text(body, 'state')}{_more(body, 'error', 'url', 'reason')}"
        case MessageKind.FAILURE:
            items = "; ".join(f"{text(item, 'name')}: {text(item, 'message')}" for item in parts(body, "items"))
            return f"{text(body, 'title') or message.subject}: {items}"


def _more(body: Mapping[str, object], *keys: str) -> str:
    return "".join(f"; {found}" for key in keys if (found := text(body, key)))
