"""Which pages are cached, and which are composed again."""

import dataclasses
import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.errors import NotFound, Unavailable
from proxy.version_types import VersionQuery
from proxy.versions.face_query import QueryRefused
from proxy.versions.versions import Versions
from tests.contracts.version_world import World, open_world
from tests.fakes.registry import Call, FakeRegistry, digest_of
from tests.proxy.clocks import Clock

APP = "registry.example.com/team/app"
OURS = "https://factory.example/tags"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def registry() -> FakeRegistry:
    """A registry with three tags."""
    registry = FakeRegistry()
    for tag in ("1.0.0", "1.1.0", "2.0.0"):
        registry.put(f"{APP}:{tag}", digest_of(tag))
    return registry


@pytest.fixture
def world(registry: FakeRegistry) -> Iterator[World]:
    """Versions of that registry."""
    with open_world(Clock(), registry=registry) as world:
        yield world


def test_a_page_is_cached_while_its_oldest_part_is_fresh(world: World) -> None:
    """A digest may be older than the list; the page is only as fresh as the digest."""
    world.page(APP, size=1)
    world.clock.at += 4 * MINUTE
    page = world.page(APP)
    assert world.page(APP) is page
    world.clock.at += MINUTE
    assert world.page(APP) is not page


def test_pages_of_an_older_list_are_composed_again(world: World, registry: FakeRegistry) -> None:
    """Otherwise two pages would have different totals."""
    first = world.page(APP, size=1)
    world.clock.at += MINUTE
    registry.put(f"{APP}:3.0.0", digest_of("3.0.0"))

    assert world.page(APP, refresh=True).total == 4
    again = world.page(APP, size=1)
    assert (first.total, again.total, again.items[0].tag) == (3, 4, "3.0.0")
    assert world.page("registry.example.com/team/app:1.0.0", size=1) is again


def test_a_page_with_gaps_is_tried_again(world: World, registry: FakeRegistry) -> None:
    """A page with a failed row is returned, but not cached."""
    registry.fail(f"{APP}:2.0.0", Unavailable("busy"))
    poor = world.page(APP)
    registry.heal()
    world.clock.at += MINUTE
    rich = world.page(APP)
    assert (poor.items[0].digest, rich.items[0].digest) == (None, digest_of("2.0.0"))
    assert poor.items[0].reference == f"{APP}:2.0.0"
    assert rich.items[1:] == poor.items[1:]


def test_a_page_is_there_before_a_slow_registry_has_answered(clock: Clock, registry: FakeRegistry) -> None:
    """It says what is missing, and is not kept; a later one has it, and no row was read twice."""
    gate = threading.Event()

    def hold(call: Call) -> None:
        assert call.method == "tags" or gate.wait(30)

    registry.on_call = hold
    query = VersionQuery(None, None, 1, 20, refresh=False)
    with open_world(clock, registry=registry) as world:
        impatient = Versions(dataclasses.replace(world.upstreams, patience=0.05), clock.now)
        first = impatient.page(ImageReference.parse(APP), query)
        again = impatient.page(ImageReference.parse(APP), query)
        gate.set()
        last = again
        while not last.complete:
            last = impatient.page(ImageReference.parse(APP), query)

    assert (first.total, first.complete, {version.pending for version in first.items}) == (3, False, {True})
    assert (again.complete, last.complete, {version.pending for version in last.items}) == (False, True, {False})
    assert [version.digest for version in last.items] == [digest_of(tag) for tag in ("2.0.0", "1.1.0", "1.0.0")]
    assert sorted(call.method for call in registry.calls) == ["configuration"] * 3 + ["manifest"] * 3 + ["tags"]


def test_an_opened_version_is_on_the_next_page(world: World, registry: FakeRegistry) -> None:
    """A page that was kept before does not hide its sizes."""
    registry.put(f"{APP}:3.0.0", digest_of("3.0.0"), platforms=["linux/amd64"], size=700)
    before = world.page(APP).items[0]
    opened = world.versions.version(ImageReference.parse(APP), "3.0.0", refresh=False)

    assert (before.size, opened.size, world.page(APP).items[0].size) == (None, 700, 700)


def test_a_tag_that_is_not_listed_is_not_found(world: World) -> None:
    """Signatures are no versions either."""
    for tag in ("9.9.9", f"sha256-{'a' * 64}.sig"):
        with pytest.raises(NotFound, match=re.escape(tag)):
            world.versions.version(ImageReference.parse(APP), tag, refresh=False)


def test_a_stale_digest_makes_its_page_stale(world: World, registry: FakeRegistry) -> None:
    """This holds even if the list is fresh."""
    world.page(APP)
    world.clock.at += 6 * MINUTE
    registry.fail(f"{APP}:2.0.0", Unavailable("busy"), "digest")
    page = world.page(APP)
    assert (page.stale, page.fetched_at, page.items[0].digest) == (True, world.clock.at, digest_of("2.0.0"))


def test_a_refused_query_sends_no_request(world: World, registry: FakeRegistry) -> None:
    """The query is checked before any request."""
    with pytest.raises(QueryRefused):
        world.versions.tags(ImageReference.parse(APP), [("page", "1")], OURS)
    assert registry.calls == []
