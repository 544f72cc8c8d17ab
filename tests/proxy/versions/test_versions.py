"""Which pages are cached, and which are composed again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.errors import Unavailable
from proxy.versions.face_query import QueryRefused
from tests.contracts.version_world import World, open_world
from tests.fakes.registry import FakeRegistry, digest_of
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
