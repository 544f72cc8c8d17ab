"""A release tracker in memory: a store, an outbox, a source of each type, and a clock."""

from dataclasses import dataclass, field
from datetime import timedelta

from provider.notifications.message import Message
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Tracked
from provider.tracker.services.editing import RepositoryEditing, RepositoryRequest
from provider.tracker.services.owner_import import OwnerImport
from provider.tracker.services.polling import Poller
from provider.tracker.services.transferring import Transferring
from provider.tracker.services.use_cases import TrackerUseCases
from tests.fakes.outbox import FakeOutbox
from tests.fakes.owner_repositories import FakeOwnerRepositories
from tests.fakes.release_sources import FakeReleaseSource
from tests.fakes.tracker_store import FakeTrackerStore
from tests.proxy.clocks import Clock

INTERVAL = timedelta(hours=1)
GIT_HOST = "git.example.com"


@dataclass(slots=True)
class TrackerWorld:
    """A tracker with fake sources: `OWNER/NAME` is published at GitHub, `HOST/PATH` at the other sources."""

    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    clock: Clock = field(default_factory=Clock)
    github: FakeReleaseSource = field(default_factory=FakeReleaseSource)
    git: FakeReleaseSource = field(default_factory=lambda: FakeReleaseSource(RepositoryType.GIT))
    container: FakeReleaseSource = field(default_factory=lambda: FakeReleaseSource(RepositoryType.CONTAINER))
    owners: FakeOwnerRepositories = field(default_factory=FakeOwnerRepositories)
    store: FakeTrackerStore = field(init=False)
    poller: Poller = field(init=False)
    editing: RepositoryEditing = field(init=False)

    def __post_init__(self) -> None:
        self.store = FakeTrackerStore(self.outbox)
        sources = {source.type: source for source in (self.github, self.git, self.container)}
        self.poller = Poller(self.store, sources, self.clock.now, INTERVAL)
        self.editing = RepositoryEditing(self.store, self.poller, self.clock.now)

    @property
    def parts(self) -> TrackerUseCases:
        """The use cases for the web part."""
        transferring = Transferring(self.store, self.clock.now)
        owners = OwnerImport(self.store, self.owners, transferring)
        return TrackerUseCases(self.store, self.editing, transferring, self.poller, owners)

    def publish(self, path: str, *versions: str) -> None:
        """Publish releases at the source of this path."""
        source = self.github if path.count("/") == 1 else self.git if path.startswith("git.") else self.container
        source.put(path, *(FoundRelease(version, hash=f"hash of {version}") for version in versions))

    def tracked(self, path: str, *versions: str) -> Tracked:
        """Track a repository with these releases; adding it polls it once."""
        self.publish(path, *versions)
        url = f"https://{path}.git" if path.startswith("git.") else path
        return self.editing.add(RepositoryRequest(url))[0]

    def many_in_git(self, number: int, host: str = GIT_HOST) -> list[str]:
        """Track so many repositories of one host, all of them due; return their paths."""
        paths = [f"{host}/team/app{each}" for each in range(number)]
        for path in paths:
            self.publish(path, "1.0.0")
            self.editing.add(RepositoryRequest(f"https://{path}.git"))
        self.clock.sleep(INTERVAL.total_seconds())
        self.git.asked.clear()
        return paths

    def messages(self) -> list[Message]:
        """The messages in the outbox."""
        return [kept.message for kept in self.outbox.kept.values()]

    def wait(self) -> None:
        """Wait until the next poll is due."""
        self.clock.sleep(INTERVAL.total_seconds())
