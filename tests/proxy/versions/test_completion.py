"""Completing the rows of a page."""

from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.cache import Cache
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.version_types import PlatformImage
from proxy.versions.completion import Completion
from proxy.versions.listing import ListedTag
from tests.fakes.cache_storage import FakeCacheStorage
from tests.fakes.registry import FakeRegistry, digest_of
from tests.proxy.clocks import NOW, Clock

APP = ImageReference("registry.example.com", "team/app")
ONE = "registry.example.com/team/app:1.0.0"
TRANSIENT = [Unavailable("down"), Refused("no"), Garbage("nonsense")]


@pytest.fixture
def clock() -> Clock:
    """Stands still."""
    return Clock()


@pytest.fixture
def registry() -> FakeRegistry:
    """One index over two platforms."""
    registry = FakeRegistry()
    registry.put(ONE, digest_of("1"), platforms=["linux/arm/v7", "linux/amd64"], size=700)
    return registry


@pytest.fixture
def completion(clock: Clock, registry: FakeRegistry) -> Completion:
    """Over that registry."""
    return Completion(Cache(FakeCacheStorage(clock.now), now=clock.now, sleep=clock.sleep), registry)


def asked(registry: FakeRegistry) -> list[str]:
    """The methods that were called, without order."""
    return sorted(call.method for call in registry.calls)


def test_a_row_gets_digest_size_and_platforms(completion: Completion, registry: FakeRegistry) -> None:
    """By one HEAD, and a manifest for the index and for each child."""
    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)

    row = completed.row
    assert (row.digest, row.size, completed.final) == (digest_of("1"), 700, True)
    assert [(each.os, each.architecture, each.variant, each.size) for each in row.platforms] == [
        ("linux", "arm", "v7", 700),
        ("linux", "amd64", None, 700),
    ]
    assert asked(registry) == ["digest", "manifest", "manifest", "manifest"]


def test_manifests_are_asked_for_once_and_digests_now_and_then(
    completion: Completion, registry: FakeRegistry, clock: Clock
) -> None:
    """What a digest stands for never changes; what a tag points to does."""
    for _ in range(2):
        clock.at += timedelta(minutes=6)
        (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)
    assert asked(registry) == ["digest", "digest", "manifest", "manifest", "manifest"]
    assert completed.digest
    assert completed.digest.fetched_at == NOW + timedelta(minutes=12)

    registry.put(ONE, digest_of("2"), size=800)
    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=True)
    assert (completed.row.digest, completed.row.size) == (digest_of("2"), 800)


def test_an_image_of_one_platform_has_that_one(completion: Completion, registry: FakeRegistry) -> None:
    """Which one its configuration tells, and that is asked for once."""
    registry.put(ONE, digest_of("2"), size=800)
    for _ in range(2):
        (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=True)
    assert completed.row.platforms == (PlatformImage("linux", "amd64", None, digest_of("2"), 800),)
    assert asked(registry).count("platform") == 1


def test_rows_that_say_all_cost_nothing(completion: Completion, registry: FakeRegistry) -> None:
    """Docker Hub's, for which a manifest would count as a pull."""
    rows = [ListedTag("1.0.0", digest_of("1"), described=True), ListedTag("2", digest_of("2"), described=True)]
    assert [each.row for each in completion.complete(APP, rows, refresh=False)] == rows
    assert registry.calls == []

    (completed,) = completion.complete(APP, [ListedTag("1.0.0", described=True)], refresh=False)
    assert (completed.row.digest, completed.row.size) == (digest_of("1"), None)
    assert asked(registry) == ["digest"]


@pytest.mark.parametrize("error", [*TRANSIENT, NotFound("gone")])
@pytest.mark.parametrize("method", ["digest", "manifest"])
def test_what_fails_leaves_the_row_as_it_is(
    completion: Completion, registry: FakeRegistry, error: OutsideFailure, method: str
) -> None:
    """The others are completed; what is gone is the last word, what failed is asked again."""
    broken = ONE if method == "digest" else f"registry.example.com/team/app@{digest_of('1')}"
    registry.fail(broken, error, method)
    registry.put("registry.example.com/team/app:2.0.0", digest_of("2"))

    poor, rich = completion.complete(APP, [ListedTag("1.0.0"), ListedTag("2.0.0")], refresh=False)

    assert (poor.row.size, poor.row.platforms, poor.row.digest) == (
        None,
        (),
        None if method == "digest" else digest_of("1"),
    )
    assert poor.final is isinstance(error, NotFound)
    assert (rich.row.size, rich.final) == (1000, True)


@pytest.mark.parametrize("error", [*TRANSIENT, NotFound("gone")])
def test_a_child_that_cannot_be_read_has_no_size(
    completion: Completion, registry: FakeRegistry, error: OutsideFailure
) -> None:
    """Its platform and digest are known all the same."""
    child = digest_of(f"{digest_of('1')} linux/amd64")
    registry.fail(f"registry.example.com/team/app@{child}", error)

    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)

    assert [(each.architecture, each.size) for each in completed.row.platforms] == [("arm", 700), ("amd64", None)]
    assert completed.row.size is None
    assert completed.final is isinstance(error, NotFound)


@pytest.mark.parametrize("odd", ["l\u00e9nux/amd64", "linux/a\nb", "a/b/c/d", "linux/ ", f"linux/{'x' * 65}"])
def test_a_platform_that_none_can_be_called_is_left_out(
    completion: Completion, registry: FakeRegistry, odd: str
) -> None:
    """In an index; its other platforms are told."""
    registry.put(ONE, digest_of("2"), platforms=[odd, "linux/amd64"], size=700)
    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)

    assert [platform.architecture for platform in completed.row.platforms] == ["amd64"]
