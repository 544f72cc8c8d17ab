"""Tests of image tags that are pushed again: with real digests, over the polls of some days."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from provider.tracker.decisions.outcomes import NewsKind
from provider.tracker.services.editing import RepositoryEditing, RepositoryRequest
from provider.tracker.services.polling import Poller
from provider.tracker.sources.container import ContainerReleases
from tests.fakes.tracker_store import FakeTrackerStore
from tests.peers.images import push
from tests.peers.process import LOOPBACK
from tests.peers.registry_front import RegistryFront
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport, registries

NAME = "acme/portal"
_DAY = 86_400


@pytest.fixture
def source() -> Iterator[ContainerReleases]:
    """The source, which may use plain http for loopback."""
    with open_transport(Clock(), LOOPBACK) as transport:
        yield ContainerReleases(registries(transport))


@pytest.mark.parametrize(
    ("tags", "again", "moved"),
    [
        (["1.0.0"], ["1.0.0"], ["1.0.0"]),
        (["1.0.0", "1.1.0", "1.2.0"], ["1.0.0", "1.2.0"], ["1.2.0", "1.0.0"]),
        (["1.0.0-amd64", "1.0.0-arm64"], ["1.0.0-amd64"], ["1.0.0"]),
        (["1.0.0", "1.0.0-alpine"], ["1.0.0-alpine"], []),
    ],
)
def test_tracker_a_version_that_is_pushed_again_is_news_with_both_digests(
    front: RegistryFront, source: ContainerReleases, tags: list[str], again: list[str], moved: list[str]
) -> None:
    """Its list is the same, so it is found a day later at most; a variant beside a plain tag is none."""
    clock = Clock()
    poller = Poller(FakeTrackerStore(), {source.type: source}, clock.now, timedelta(hours=1))
    editing = RepositoryEditing(poller.store, poller, clock.now)
    first = push(front.url, NAME, tags, content="first").digest
    tracked = editing.add(RepositoryRequest(f"{front.host}/{NAME}", source.type))[0]
    second = push(front.url, NAME, again, content="second").digest
    clock.sleep(_DAY)
    result = poller.poll_one(tracked.id).result

    told = [(news.release.version, news.kind, news.previous_hash, news.release.hash) for news in result.announce]
    stored = {one.version: one for one in poller.store.releases(tracked.id, 9).items}
    changed = [(version, stored[version].moved, stored[version].hash) for version in moved]
    assert all(was and was.previous_hash == first and now == second for _, was, now in changed)
    assert told == [(version, NewsKind.MOVED, first, second) for version in moved]
    assert {version for version, one in stored.items() if one.moved} == set(moved)
