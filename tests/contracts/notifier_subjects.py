"""The notifiers under the contract: every line of the table with its peer, and the fake."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from provider.notifications.channels.log import LogNotifier
from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.channels.table import SettableNotifier
from provider.notifications.channels.webhook import ReleasesWebhook
from provider.notifications.failures import ChannelClosed, MessageRefused
from provider.notifications.message import Message
from provider.notifications.ports import Notifier
from provider.notifications.queue_state import ChannelProblem
from proxy.errors import Unavailable
from proxy.secrets.secret import Secret
from tests.fakes.notifier import FakeNotifier
from tests.peers.release_events import SECRET, ReleaseReceiver
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import PUBLIC_URL, rebuild, release, releases
from tests.provider.store.samples import NOW
from tests.proxy.scripted import real_transport


class Subject(Protocol):
    """A channel under the contract, and control over its other end.

    Attributes:
        message: one that it takes.
        changed: the same one with another body, in which "it broke" is shown.
        other: another message.
    """

    notifier: Notifier
    message: Message
    changed: Message
    other: Message

    @property
    def faulty(self) -> bool:
        """Whether its other end can fail and be read; a log has none."""

    def shown(self) -> list[str]:
        """The texts in the channel, oldest first."""

    def close(self) -> None:
        """Take no message at the next try, because of the configuration."""

    def refuse(self) -> None:
        """Refuse the content of the next message."""

    def break_configuration(self) -> None:
        """Make the configuration wrong, so that no message arrives."""

    def delay(self) -> None:
        """Postpone the next message, and name a time."""

    def lose(self, *, arrives: bool) -> None:
        """Lose the answer to the next message."""


class _AnyKind:
    """The messages of a channel that takes all kinds."""

    message = rebuild()
    changed = rebuild("failure", error="it broke")
    other = releases()


class FakeSubject(_AnyKind):
    """The fake."""

    faulty = True

    def __init__(self) -> None:
        self.fake = FakeNotifier()
        self.notifier: Notifier = self.fake

    def shown(self) -> list[str]:
        """See the protocol."""
        return [f"{message.subject} {message.body}" for message in self.fake.channel.values()]

    def close(self) -> None:
        """See the protocol."""
        self.fake.fail_next(ChannelClosed("no such channel", "Correct it."))

    def refuse(self) -> None:
        """See the protocol."""
        self.fake.fail_next(MessageRefused("no text"))

    def break_configuration(self) -> None:
        """See the protocol."""
        self.fake.wrong = [ChannelProblem("no such channel", "Correct it.")]

    def delay(self) -> None:
        """See the protocol."""
        self.fake.fail_next(Unavailable("too many", NOW + timedelta(minutes=1)))

    def lose(self, *, arrives: bool) -> None:
        """See the protocol."""
        self.fake.lose_next(arrives=arrives)


class SlackSubject(_AnyKind):
    """Slack with the fake Slack."""

    faulty = True

    def __init__(self, slack: Slack) -> None:
        slack.apart = 0
        self.slack = slack
        self.notifier: Notifier = SlackNotifier(
            Secret(slack.token),
            "#builds",
            api_url=slack.api_url,
            public_url=PUBLIC_URL,
            transport=real_transport(),
            now=lambda: NOW,
        )

    def shown(self) -> list[str]:
        """See the protocol."""
        return [message.shown for message in self.slack.messages]

    def close(self) -> None:
        """See the protocol."""
        self.slack.fail("chat.postMessage", 200, error="channel_not_found")

    def refuse(self) -> None:
        """See the protocol: the blocks, and then the plain text."""
        self.slack.fail("chat.postMessage", 200, error="invalid_blocks")
        self.slack.fail("chat.postMessage", 200, error="no_text")

    def break_configuration(self) -> None:
        """See the protocol."""
        self.slack.builds.joined = False

    def delay(self) -> None:
        """See the protocol."""
        self.slack.fail("chat.postMessage", 429, error="ratelimited", retry_after=60)

    def lose(self, *, arrives: bool) -> None:
        """See the protocol."""
        (self.slack.lose_answer if arrives else self.slack.lose_request)("chat.postMessage")


class LogSubject(_AnyKind):
    """The log, which accepts every message."""

    faulty = False

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.notifier: Notifier = LogNotifier()

    def shown(self) -> list[str]:
        """See the protocol: of each subject the last line, since a line cannot be changed."""
        return list({line.partition(":")[0]: line for line in self.lines}.values())

    def refuse(self) -> None:
        """See the protocol."""
        raise NotImplementedError("a log refuses nothing")

    close = delay = break_configuration = refuse

    def lose(self, *, arrives: bool) -> None:
        """See the protocol."""
        raise NotImplementedError("a log always answers")


class WebhookSubject:
    """The webhook for releases with a receiver."""

    faulty = True
    message = replace(releases(release("3.2.1"), name="portal"), id="releases:8:1")
    changed = replace(
        releases(release("3.2.1", notes="it broke"), name="portal"),
        id="releases:8:1",
        revision=2,
        receipt="releases:8:1",
    )
    other = releases()

    def __init__(self, receiver: ReleaseReceiver) -> None:
        self.receiver = receiver
        self._address = f"{receiver.url}/hook"
        self._point_to(self._address)

    def _point_to(self, address: str) -> None:
        self.notifier: Notifier = ReleasesWebhook(
            address, Secret(SECRET), public_url=PUBLIC_URL, transport=real_transport(), now=lambda: NOW
        )

    def shown(self) -> list[str]:
        """See the protocol: of each message the last event."""
        every = {name.rpartition(":2")[0] or name: event for name, event in self.receiver.events.items()}
        return [f"{event.get_subject()} {event.get_data()!r}" for event in every.values()]

    def close(self) -> None:
        """See the protocol."""
        self.receiver.fail(404)

    def refuse(self) -> None:
        """See the protocol."""
        self.receiver.fail(422)

    def break_configuration(self) -> None:
        """See the protocol: an address that only listed hosts may have."""
        self._point_to("https://192.168.1.2/hook")

    def delay(self) -> None:
        """See the protocol."""
        self.receiver.fail(429, {"Retry-After": "60"})

    def lose(self, *, arrives: bool) -> None:
        """See the protocol."""
        (self.receiver.lose_answer if arrives else self.receiver.lose_request)()


@contextlib.contextmanager
def webhook_subject() -> Iterator[Subject]:
    """The webhook, whose receiver found nothing wrong."""
    with ReleaseReceiver() as receiver:
        yield WebhookSubject(receiver)
        assert receiver.breaches == []


@contextlib.contextmanager
def slack_subject() -> Iterator[Subject]:
    """A channel at the fake Slack."""
    with Slack() as slack:
        yield SlackSubject(slack)


@contextlib.contextmanager
def fake_subject() -> Iterator[Subject]:
    """The fake."""
    yield FakeSubject()


@contextlib.contextmanager
def log_subject() -> Iterator[Subject]:
    """The log, with a reader."""
    lines: list[str] = []
    reader = logging.Handler()
    reader.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]  # a reader of one line
    log = logging.getLogger("provider.notifications.channels.log")
    log.addHandler(reader)
    log.setLevel(logging.INFO)
    yield LogSubject(lines)
    log.removeHandler(reader)


# A new line of the table needs its subject here.
SUBJECTS: dict[
    type[SettableNotifier] | type[FakeNotifier], Callable[[], contextlib.AbstractContextManager[Subject]]
] = {
    SlackNotifier: slack_subject,
    LogNotifier: log_subject,
    ReleasesWebhook: webhook_subject,
    FakeNotifier: fake_subject,
}
