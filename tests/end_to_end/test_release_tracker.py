"""The release tracker on real peers: one repository of each type, a new release of each, one message for each."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import urllib3

from demo.world import World
from tests.peers.fixtures import peers_installed
from tests.peers.images import push
from tests.peers.process import wait_until
from tests.peers.release_events import SECRET, ReleaseReceiver
from tests.peers.slack.server import Slack

NAME = "vendor/tool"
REPOSITORIES = "/api/v1/repositories"
HTTP = urllib3.PoolManager(retries=False, timeout=60)


class TrackerWorld(World):
    """A world with Slack and a vendor who publishes at GitHub, in git and in a registry."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.slack = Slack()
        self.receiver = ReleaseReceiver()

    def _start(self) -> None:
        self._stack.enter_context(self.slack)
        self._stack.enter_context(self.receiver)
        super()._start()
        self.git.anonymous_reading = True
        self.github.add_repository(NAME, {"README.md": "# Tool\n"})
        self.git.create(NAME, {"README.md": "# Tool\n"})
        for publish in (self.release, self.tag, self.push):
            publish("1.0.0")

    def environment(self) -> dict[str, str]:
        """The settings of the service, which polls releases every second."""
        known = super().environment()
        insecure = known.get("IMAGE_FACTORY_INSECURE_HOSTS", "")
        return known | {
            "IMAGE_FACTORY_RELEASES_WEBHOOK_URL": f"{self.receiver.url}/hooks/releases",
            "IMAGE_FACTORY_RELEASES_WEBHOOK_SECRET": SECRET,
            "IMAGE_FACTORY_INSECURE_HOSTS": f"{insecure},{self.receiver.url.removeprefix('http://')}",
            "IMAGE_FACTORY_POLL_INTERVAL": "1s",
            # Otherwise a git command of a killed service could still lock the checkout.
            "IMAGE_FACTORY_CHECK_INTERVAL": "1h",
            "IMAGE_FACTORY_SLACK_TOKEN": self.slack.token,
            "IMAGE_FACTORY_SLACK_CHANNEL": "builds",
            "IMAGE_FACTORY_SLACK_API_URL": self.slack.api_url,
        }

    def release(self, version: str) -> None:
        """Publish a version at GitHub."""
        self.github.commit(NAME, {"version": version})
        self.github.add_release(NAME, version, body=f"What is new in {version}")

    def tag(self, version: str) -> None:
        """Publish a version in git."""
        commit = self.git.repositories.commit(NAME, {"version": version})
        self.git.repositories.run(NAME, "tag", version, commit)

    def push(self, version: str) -> None:
        """Publish a version in the registry."""
        push(self.registry.url, NAME, [version, "latest"], content=version)

    def addresses(self) -> dict[str, str]:
        """The addresses of the repositories of the vendor, by type."""
        return {
            "github": f"{self.github.url}/{NAME}",
            "git": f"{self.git.url}/{NAME}.git",
            "container": f"{self.registry.host}/{NAME}",
        }

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> tuple[int, dict[str, Any]]:
        """Call the API of the service."""
        answer = HTTP.request(method, self.url + path, json=body)
        return answer.status, answer.json() if answer.data else {}

    def add(self, kind: str) -> dict[str, Any]:
        """Track the repository of that type."""
        status, answer = self.ask("POST", REPOSITORIES, {"url": self.addresses()[kind], "type": kind})
        assert status == 201, answer
        return answer

    def latest(self, number: int) -> str:
        """The latest version in the service."""
        return str(self.ask("GET", f"{REPOSITORIES}/{number}")[1]["latestRelease"]["version"])

    def announced(self) -> list[str]:
        """The messages about releases in the channel."""
        return [message.shown for message in self.slack.messages if "tool" in message.shown]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[TrackerWorld]:
    """The vendor has published the first releases, and nothing is tracked yet."""
    with peers_installed(), TrackerWorld(tmp_path) as world:
        yield world


def test_tracker_finds_new_releases_of_each_type_and_tells_slack_once(world: TrackerWorld) -> None:
    """Adding finds the first release and announces nothing; each new release has one message, and one event."""
    added = {kind: world.add(kind) for kind in world.addresses()}
    assert {kind: each["latestRelease"]["version"] for kind, each in added.items()} == dict.fromkeys(added, "1.0.0")
    assert all(each["lastPolled"] and each["latestRelease"]["hash"] for each in added.values())

    for publish in (world.release, world.tag, world.push):
        publish("1.1.0")
    for each in added.values():
        wait_until(lambda each=each: world.latest(each["id"]) == "1.1.0", f"a new release of {each['type']}")  # type: ignore[misc]
    wait_until(lambda: len(world.announced()) >= len(added), "the messages in the channel")

    polled = [world.ask("GET", f"{REPOSITORIES}/{each['id']}")[1]["lastPolled"] for each in added.values()]
    wait_until(
        lambda: all(
            world.ask("GET", f"{REPOSITORIES}/{each['id']}")[1]["lastPolled"] > before
            for each, before in zip(added.values(), polled, strict=True)
        ),
        "another poll of each",
    )
    assert len(world.announced()) == len(added)
    assert all("1.1.0" in message and "1.0.0" not in message for message in world.announced())
    wait_until(lambda: len(world.receiver.events) >= len(added), "the events at the webhook")
    sent = [release["version"] for data in world.receiver.data() for release in data["releases"]]
    assert (sent, world.receiver.breaches) == (["1.1.0"] * len(added), [])


def test_tracker_tells_slack_once_through_kills(world: TrackerWorld) -> None:
    """After a kill before sending, and after a kill before recording the answer, every release has one message."""
    number = world.add("github")["id"]

    world.slack.fail("chat.postMessage", 429, error="ratelimited", retry_after=3)
    world.release("1.1.0")
    wait_until(lambda: "chat.postMessage" in world.slack.calls, "a first try")
    world.kill_service()
    assert world.announced() == []
    world.start_service()
    wait_until(lambda: len(world.announced()) == 1, "the message about the release after a kill")

    world.slack.lose_answer("chat.postMessage")
    world.release("1.2.0")
    wait_until(lambda: len(world.announced()) == 2, "the second message to arrive")
    world.kill_service()
    world.start_service()
    wait_until(lambda: "chat.update" in world.slack.calls, "the message to be found in the channel's history")

    assert world.latest(number) == "1.2.0"
    first, second = world.announced()
    assert ("1.1.0" in first, "1.2.0" in first, "1.2.0" in second) == (True, False, True)
