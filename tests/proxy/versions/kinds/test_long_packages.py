"""Packages of ghcr.io with many versions, of which few have tags."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from proxy.version_types import VersionPage
from tests.contracts.version_world import World, open_world
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost
from tests.proxy.versions.settling import settle

APP = "ghcr.io/acme/app"
VERSIONS, TAGGED = 20_000, 100
"""Every hundredth version has a tag."""


class Package:
    """The versions of a package, newest first, as the Packages API shows them.

    Attributes:
        tags: by the number of a version; the newest has the highest.
        older: set when pages after the tenth may be answered.
        failing: pages that are answered with 503.
    """

    def __init__(self) -> None:
        self.tags = {number: [f"1.{number}.0"] for number in range(0, VERSIONS, TAGGED)}
        self.count = VERSIONS
        self.older = threading.Event()
        self.failing: set[int] = set()

    def __call__(self, request: Request) -> Answer:
        """The script."""
        if request.path == "/users/acme":
            return json_answer(200, {"type": "Organization"})
        page = int(request.query["page"])
        if page > 10:
            self.older.wait(60)
        if page in self.failing:
            return json_answer(503, {}, ("Retry-After", "1"))
        numbers = range(self.count - 1, -1, -1)[(page - 1) * 100 : page * 100]
        etag = f'"{hash(tuple((number, *self.tags.get(number, ())) for number in numbers))}"'
        if request.headers["If-None-Match"] == etag:
            return Answer(304)
        last = -(-self.count // 100)
        link = f'<{request.path}?page={page + 1}>; rel="next", <{request.path}?page={last}>; rel="last"'
        return json_answer(
            200,
            [self._version(number) for number in numbers],
            ("ETag", etag),
            *([("Link", link)] if page < last else []),
        )

    def _version(self, number: int) -> object:
        at = (NOW - timedelta(hours=VERSIONS - number)).isoformat()
        tags = self.tags.get(number, [])
        return {"name": digest_of(str(number)), "created_at": at, "metadata": {"container": {"tags": tags}}}


@pytest.fixture
def package() -> Package:
    """20,000 versions, of which 200 have tags."""
    return Package()


@pytest.fixture
def registry(package: Package) -> FakeRegistry:
    """Knows the same tags."""
    registry = FakeRegistry()
    for number, (tag,) in package.tags.items():
        registry.put(f"{APP}:{tag}", digest_of(str(number)))
    return registry


@pytest.fixture
def github(package: Package) -> Iterator[ScriptedHost]:
    """GitHub."""
    with ScriptedHost(package) as host:
        yield host
        package.older.set()


@pytest.fixture
def world(github: ScriptedHost, registry: FakeRegistry) -> Iterator[World]:
    """Versions that wait for nothing."""
    with open_world(Clock(), github=github.url, registry=registry, patience=0) as world:
        yield world


def settled(world: World, size: int = 20) -> VersionPage:
    """The page after everything was read that this view asks for."""
    world.page(APP, size=size)
    settle()
    return world.page(APP, size=size)


def pages_of(host: ScriptedHost) -> list[int]:
    """The numbers of the requested pages."""
    return [int(request.query["page"]) for request in host.requests if "page" in request.query]


def test_the_first_page_is_there_before_all_versions_are_read(
    world: World, github: ScriptedHost, package: Package
) -> None:
    """Ten pages of versions, and the registry's names for the rest; the dates of these follow."""
    page = world.page(APP)

    assert (page.total, page.order, page.complete) == (200, "published", False)
    assert [version.tag for version in page.items] == [f"1.{number}.0" for number in range(19_900, 17_900, -100)]
    assert [bool(version.published_at) for version in page.items] == [True] * 10 + [False] * 10
    assert set(pages_of(github)) - set(range(11, 15)) == set(range(1, 11))

    package.older.set()
    settle()
    settled(world, 200)
    done = settled(world, 200)
    assert (done.total, done.complete) == (200, True)
    assert all(version.published_at and version.digest for version in done.items)
    assert sorted(pages_of(github)) == list(range(1, 201))


def test_a_view_five_minutes_later_confirms_the_newest_pages_only(
    world: World, github: ScriptedHost, package: Package
) -> None:
    """By conditional requests, which GitHub does not count."""
    package.older.set()
    world.page(APP)
    settle()
    before = len(github.requests)

    for _ in range(3):
        world.clock.sleep(360)
        assert world.page(APP).total == 200
        settle()

    later = github.requests[before:]
    assert [request.query["page"] for request in later].count("1") == 3
    assert len(later) == 30
    assert all(request.headers["If-None-Match"] for request in later)


def test_new_moved_and_deleted_tags_are_seen_at_once(
    world: World, github: ScriptedHost, package: Package, registry: FakeRegistry
) -> None:
    """Though the older pages are those of hours ago."""
    package.tags[500] = ["latest", "old"]
    registry.put(f"{APP}:latest", digest_of("500"))
    registry.put(f"{APP}:old", digest_of("500"))
    package.older.set()
    world.page(APP)
    settle()

    package.count += 1
    package.tags[VERSIONS] = ["2.0.0", "latest"]
    package.tags[500] = ["old"]
    registry.put(f"{APP}:2.0.0", digest_of(str(VERSIONS)))
    registry.put(f"{APP}:latest", digest_of(str(VERSIONS)))
    registry.remove(f"{APP}@{digest_of('100')}")
    world.clock.sleep(360)

    page = settled(world, 300)
    by_tag = {version.tag: version for version in page.items}
    assert page.items[0].tag == "2.0.0"
    assert by_tag["latest"].digest == digest_of(str(VERSIONS))
    assert by_tag["old"].published_at == NOW - timedelta(hours=VERSIONS - 500)
    assert "1.100.0" not in by_tag
    assert page.total == 202


def test_a_page_that_fails_leaves_tags_without_dates(world: World, github: ScriptedHost, package: Package) -> None:
    """What could be read is shown; the others are asked for again after ten minutes, not at each view."""
    package.failing = {51}
    package.older.set()
    settled(world)
    page = settled(world, 200)
    dated = sum(version.published_at is not None for version in page.items)
    assert page.total == 200
    assert 40 <= dated <= 50

    asked = len([number for number in pages_of(github) if number > 10])
    world.clock.sleep(360)
    world.page(APP)
    settle()
    assert len([number for number in pages_of(github) if number > 10]) == asked
    package.failing = set()
    world.clock.sleep(600)
    settled(world)
    assert all(version.published_at for version in settled(world, 200).items)


def test_without_the_registry_s_names_older_tags_follow(github: ScriptedHost, package: Package) -> None:
    """A private package can be read by GitHub's API alone."""
    with open_world(Clock(), github=github.url, registry=FakeRegistry(), patience=0) as world:
        assert world.page(APP).total == 10
        package.older.set()
        settle()
        assert settled(world).total == 200


@pytest.mark.parametrize("count", [1, 100, 101, 950, 1000])
def test_all_pages_of_a_usual_package_are_read_at_once(
    world: World, github: ScriptedHost, package: Package, count: int
) -> None:
    """Each once, several at a time; the registry is not asked for names."""
    package.count = count
    assert world.page(APP).total == -(-count // 100)
    assert sorted(pages_of(github)) == list(range(1, -(-count // 100) + 1))
