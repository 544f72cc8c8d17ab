"""The log as a channel, if no Slack token is set: one line for each message."""

from collections.abc import Collection, Sequence
from typing import ClassVar, Self

from provider.notifications.channels.bodies import Body, part, parts, text, total
from provider.notifications.channels.mrkdwn import CUT, one_line
from provider.notifications.channels.summary_blocks import summary_title
from provider.notifications.message import Message, MessageKind
from provider.notifications.queue_state import ChannelProblem
from provider.settings.settings import Settings
from proxy.http.transport import Transport
from proxy.observing.event_log import EventLog

RECEIPT = "log"
_LONGEST = 1000
_log = EventLog(__name__)


class LogNotifier:
    """Writes each message, and each update of one, as a line. A log cannot be searched."""

    name: ClassVar[str] = "log"
    where: ClassVar[str] = ""

    @classmethod
    def of_settings(cls, settings: Settings, transport: Transport) -> Self | None:  # noqa: ARG003 - it needs neither
        """It is always available."""
        return cls()

    def send(self, message: Message) -> str:
        """See the port."""
        line = one_line(line_of(message))
        _log.info("announced", "{text}", text=line if len(line) <= _LONGEST else line[: _LONGEST - 1] + CUT)
        return RECEIPT

    def update(self, message: Message, receipt: str) -> str:  # noqa: ARG002 - the port's argument
        """See the port."""
        return self.send(message)

    def find(self, message: Message) -> str | None:  # noqa: ARG002 - the port's argument
        """Always None: a line that appears twice is better than a lost one."""
        return None

    def check(self) -> Sequence[ChannelProblem]:
        """Always empty."""
        return ()


def line_of(message: Message) -> str:
    """The message as one line."""
    body = message.body
    match message.kind:
        case MessageKind.RELEASES:
            found = parts(body, "releases")
            more = total(body, len(found)) - len(found)
            versions = ", ".join([*(text(each, "version") for each in found), *([f"{more} more"] if more else [])])
            return f"new releases of {text(part(body, 'repository'), 'name') or message.subject}: {versions}"
        case MessageKind.SUMMARY:
            return summary_title(body)
        case MessageKind.REBUILD:
            urgent = "emergency rebuild" if body.get("emergency") is True else "rebuild"
            return f"{urgent} of {message.subject}: {text(body, 'state')}{_more(body, 'error', 'url', 'reason')}"
        case MessageKind.FAILURE:
            title, items = text(body, "title") or message.subject, parts(body, "items")
            # The title about one image has its name.
            named = title.split() if len(items) == 1 else ()
            details = "; ".join(filter(None, (_item(item, named) for item in items)))
            return ": ".join(filter(None, (title, details)))


def _item(item: Body, named: Collection[str]) -> str:
    """Name and message, either of which may be empty; without the name if it is in `named`."""
    name = text(item, "name")
    return ": ".join(filter(None, ("" if name in named else name, text(item, "message"))))


def _more(body: Body, *keys: str) -> str:
    return "".join(f"; {found}" for key in keys if (found := text(body, key)))
