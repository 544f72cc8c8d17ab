"""Announcing rebuilds and failures, from the snapshot to the channel."""

import pytest

from catalog.image import Conclusion
from provider.notifications import announcing
from provider.notifications.announcing import ImageAnnouncer
from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.image_messages import Announced
from provider.notifications.message import Message
from provider.notifications.sending import MessageSender
from proxy.errors import NotFound
from proxy.secrets.secret import Secret
from tests.fakes.outbox import FakeOutbox
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import PUBLIC_URL
from tests.provider.services.world import MINUTE, NODE, Company, due, settled
from tests.proxy.scripted import real_transport


class Killed(BaseException):
    """The process was killed here."""


class MarkStore:
    """Keeps what was announced; kills the process before or after the write with this number."""

    def __init__(self) -> None:
        self.announced: Announced | None = None
        self.dies: tuple[int, str] | None = None
        self.writes = 0

    def read(self) -> Announced | None:
        """See the port."""
        return self.announced

    def write(self, announced: Announced) -> None:
        """See the port."""
        self.writes += 1
        if self.dies == (self.writes, "before"):
            raise Killed
        self.announced = announced
        if self.dies == (self.writes, "after"):
            raise Killed


class Announcements:
    """A company whose changes are announced in an outbox."""

    def __init__(self, company: Company) -> None:
        self.company, self.store, self.outbox = company, MarkStore(), FakeOutbox()
        self.announcer = ImageAnnouncer(self.store, self.outbox, lambda: self.company.now)
        self.announce()

    def announce(self) -> None:
        """A minute later, announce what changed."""
        self.company.after(MINUTE)
        self.announcer.announce(self.company.store.read())

    @property
    def titles(self) -> list[str]:
        """A title for each message in the outbox."""
        return [self._title(kept.message) for kept in self.outbox.kept.values()]

    def _title(self, message: Message) -> str:
        return f"{message.id} {message.body['state']}" if message.kind == "rebuild" else str(message.body["title"])


def test_a_rebuild_is_one_message_from_begin_to_end() -> None:
    """The message is updated with the result; a call without changes writes nothing."""
    announcements = Announcements(settled())
    assert (announcements.titles, announcements.store.writes) == ([], 1)
    announcements.company.move(NODE, "node 1")
    announcements.announce()
    announcements.company.now += due().now - announcements.company.now
    announcements.announce()
    assert announcements.titles == ["rebuild:rebuild-1 running"]
    writes = announcements.store.writes
    announcements.announce()
    announcements.company.finish()
    announcements.announce()
    announcements.announce()

    assert announcements.titles == ["rebuild:rebuild-1 success"]
    assert announcements.store.writes == writes + 1
    assert announcements.outbox.kept["rebuild:rebuild-1"].message.revision == 2


def test_nothing_is_compared_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most rounds bring nothing; marks that were lost meanwhile are made again."""
    announcements = Announcements(settled())
    snapshot = announcements.company.store.read()
    announcements.announcer.announce(snapshot)
    with monkeypatch.context() as without:
        without.delattr(announcing, "new_messages")
        announcements.announcer.announce(snapshot)
        announcements.store.announced, known = None, announcements.store.announced
        with pytest.raises(NameError):
            announcements.announcer.announce(snapshot)

    announcements.announcer.announce(snapshot)
    assert announcements.store.announced == known


def test_a_failed_rebuild_is_also_a_failure() -> None:
    """Slack does not notify people about an update, so a failure has its own message."""
    announcements = Announcements(settled())
    announcements.company.move(NODE, "node 1")
    announcements.announce()
    announcements.company.now = due().now + 60 * MINUTE
    announcements.announce()
    announcements.company.finish(conclusion=Conclusion.FAILURE)
    announcements.announce()

    assert announcements.titles == ["rebuild:rebuild-1 failure", "the rebuild of portal failed"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("write", [2, 3])
def test_a_kill_at_any_moment_neither_repeats_nor_loses_a_message(when: str, write: int) -> None:
    """The begin and the end of a failure are announced once; a restart announces nothing else."""
    announcements = Announcements(settled())
    announcements.store.dies = (write, when)
    announcements.company.registry.fail(NODE, NotFound("docker.io/library/node:22: no such tag"))
    with pytest.raises(Killed):
        announcements.announce()
    announcements.store.dies = None
    announcements.announcer = ImageAnnouncer(
        announcements.store, announcements.outbox, lambda: announcements.company.now
    )
    announcements.announce()
    announcements.announce()
    assert announcements.titles == ["node-22 cannot be checked"]

    announcements.company.registry.heal()
    announcements.announce()
    assert announcements.titles == ["node-22 cannot be checked", "node-22 can be checked again"]


def test_slack_shows_a_rebuild_from_begin_to_end(slack: Slack) -> None:
    """The channel has one message, which is updated."""
    slack.apart = 0
    announcements = Announcements(settled())
    channel = SlackNotifier(
        Secret(slack.token), "builds", api_url=slack.api_url, public_url=PUBLIC_URL, transport=real_transport()
    )
    sender = MessageSender(announcements.outbox, channel, lambda: announcements.company.now, restarted=True)
    announcements.company.move(NODE, "node 1")
    announcements.announce()
    announcements.company.now = due().now + 60 * MINUTE
    announcements.announce()
    sender.send_next()
    (running,) = slack.messages
    assert running.text == "portal: rebuild is running"
    announcements.company.finish()
    announcements.announce()
    sender.send_next()

    (message,) = slack.messages
    assert (message.text, message.edits) == ("portal: rebuild succeeded", 1)
    assert "node:22 changed" in message.shown
