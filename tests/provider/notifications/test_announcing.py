"""Rebuilds and failures, from the snapshot to the channel."""

import pytest

from catalog.image import Conclusion
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


class Killed(BaseException):
    """The process ended here."""


class Memory:
    """What was told; dies before or after the write of that number."""

    def __init__(self) -> None:
        self.told: Announced | None = None
        self.dies: tuple[int, str] | None = None
        self.writes = 0

    def read(self) -> Announced | None:
        """See the port."""
        return self.told

    def write(self, told: Announced) -> None:
        """See the port."""
        self.writes += 1
        if self.dies == (self.writes, "before"):
            raise Killed
        self.told = told
        if self.dies == (self.writes, "after"):
            raise Killed


class Desk:
    """A company whose news go to an outbox."""

    def __init__(self, company: Company) -> None:
        self.company, self.memory, self.outbox = company, Memory(), FakeOutbox()
        self.news = ImageAnnouncer(self.memory, self.outbox, lambda: self.company.now)
        self.look()

    def look(self) -> None:
        """A minute later, look and tell."""
        self.company.after(MINUTE)
        self.news.look(self.company.store.read())

    @property
    def told(self) -> list[str]:
        """What is in the outbox, in words."""
        return [self._words(kept.message) for kept in self.outbox.kept.values()]

    def _words(self, message: Message) -> str:
        return f"{message.id} {message.body['state']}" if message.kind == "rebuild" else str(message.body["title"])


def test_a_rebuild_is_one_message_through_its_course() -> None:
    """Running, then its result; looks that find nothing write nothing."""
    desk = Desk(settled())
    assert (desk.told, desk.memory.writes) == ([], 1)
    desk.company.move(NODE, "node 1")
    desk.look()
    desk.company.now += due().now - desk.company.now
    desk.look()
    assert desk.told == ["rebuild:rebuild-1 running"]
    writes = desk.memory.writes
    desk.look()
    desk.company.finish()
    desk.look()
    desk.look()

    assert desk.told == ["rebuild:rebuild-1 success"]
    assert desk.memory.writes == writes + 1
    assert desk.outbox.kept["rebuild:rebuild-1"].message.revision == 2


def test_a_failed_rebuild_is_also_a_failure() -> None:
    """Updates call nobody; a failure does."""
    desk = Desk(settled())
    desk.company.move(NODE, "node 1")
    desk.look()
    desk.company.now = due().now + 60 * MINUTE
    desk.look()
    desk.company.finish(conclusion=Conclusion.FAILURE)
    desk.look()

    assert desk.told == ["rebuild:rebuild-1 failure", "the rebuild of portal failed"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("write", [2, 3])
def test_a_kill_anywhere_neither_repeats_nor_loses(when: str, write: int) -> None:
    """The beginning of a failure is told once, and so is its end; a restart is silent about the rest."""
    desk = Desk(settled())
    desk.memory.dies = (write, when)
    desk.company.registry.fail(NODE, NotFound("docker.io/library/node:22: no such tag"))
    with pytest.raises(Killed):
        desk.look()
    desk.memory.dies = None
    desk.news = ImageAnnouncer(desk.memory, desk.outbox, lambda: desk.company.now)
    desk.look()
    desk.look()
    assert desk.told == ["node-22 cannot be looked at"]

    desk.company.registry.heal()
    desk.look()
    assert desk.told == ["node-22 cannot be looked at", "node-22 can be looked at again"]


def test_slack_sees_a_rebuild_from_beginning_to_end(slack: Slack) -> None:
    """One message in the channel, that is changed as the rebuild goes on."""
    slack.apart = 0
    desk = Desk(settled())
    channel = SlackNotifier(Secret(slack.token), "builds", api_url=slack.api_url, public_url=PUBLIC_URL)
    announcer = MessageSender(desk.outbox, channel, lambda: desk.company.now)
    desk.company.move(NODE, "node 1")
    desk.look()
    desk.company.now = due().now + 60 * MINUTE
    desk.look()
    announcer.announce()
    (running,) = slack.messages
    assert running.text == "portal: rebuild is running"
    desk.company.finish()
    desk.look()
    announcer.announce()

    (message,) = slack.messages
    assert (message.text, message.edits) == ("portal: rebuild succeeded", 1)
    assert "node:22 changed" in message.shown
