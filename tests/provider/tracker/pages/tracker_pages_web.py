"""The web part with a tracker in memory, for the tests of its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from provider.auth.access import Access
from provider.composition.flask_app import create_web
from provider.pages.browsers import Guidance
from provider.ports import ImageIndex
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.ports import RepositoryFields, TrackerStore
from provider.tracker.services.editing import RepositoryEditing, RepositoryRequest
from provider.tracker.services.owner_import import OwnerImport
from provider.tracker.services.polling import Poller
from provider.tracker.services.transferring import Transferring
from provider.tracker.services.use_cases import TrackerUseCases
from tests.fakes.owner_repositories import FakeOwnerRepositories
from tests.fakes.release_sources import FakeReleaseSource
from tests.fakes.tracker_store import FakeTrackerStore
from tests.provider.web_images import NOW, MemoryIndex, Parts, varied_images

PUBLIC_URL = "http://factory.example"


def release(version: str, days: int = 1, **others: object) -> FoundRelease:
    """A release that was published so many days ago."""
    made = {"date": NOW - timedelta(days=days), "url": f"https://vendor.example/{version}", "hash": "ab" * 20}
    return FoundRelease(version, **{**made, **others})  # type: ignore[arg-type]  # attributes of FoundRelease


def _sources() -> dict[RepositoryType, FakeReleaseSource]:
    return {kind: FakeReleaseSource(kind) for kind in RepositoryType}


@dataclass
class TrackerWorld:
    """Sources of every type, a store, and the application with its pages."""

    store: TrackerStore = field(default_factory=FakeTrackerStore)
    sources: Mapping[RepositoryType, FakeReleaseSource] = field(default_factory=_sources)
    owners: FakeOwnerRepositories = field(default_factory=FakeOwnerRepositories)
    index: ImageIndex = field(default_factory=lambda: MemoryIndex(varied_images()))
    now: datetime = NOW

    def __post_init__(self) -> None:
        poller = Poller(self.store, self.sources, lambda: self.now, timedelta(hours=1))
        transferring = Transferring(self.store, lambda: self.now)
        self.parts = TrackerUseCases(
            self.store,
            RepositoryEditing(self.store, poller, lambda: self.now),
            transferring,
            poller,
            OwnerImport(self.store, self.owners, transferring),
        )

    def publish(self, kind: RepositoryType, path: str, *releases: FoundRelease) -> None:
        """Publish releases at a source."""
        self.sources[kind].put(path, *releases)

    def add(self, url: str, *, name: str | None = None, notes: str = "") -> int:
        """Track a repository after a check of its address; return its id."""
        return self.parts.editing.add(RepositoryRequest(url, name=name, notes=notes))[0].id

    def add_unpolled(self, url: str, name: str) -> int:
        """Track a repository without a check; return its id."""
        return self.store.add(RepositoryFields(name, parse_address(url)), self.now).id

    def app(
        self,
        access: Access | None = None,
        public_url: str = PUBLIC_URL,
        guidance: Guidance | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> Flask:
        """The web part."""
        return create_web(
            self.index,
            Parts(),
            access or Access(),
            now=now or (lambda: self.now),
            public_url=public_url,
            version="1.2.3",
            tracker=self.parts,
            guidance=guidance or Guidance(),
        )

    def client(self, access: Access | None = None) -> FlaskClient:
        """A test client."""
        return self.app(access).test_client()
