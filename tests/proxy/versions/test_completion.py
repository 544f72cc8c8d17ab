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
def registry() -> FakeRegistry:
    """A registry with one index of two platforms."""
    registry = FakeRegistry()
    registry.put(ONE, digest_of("1"), platforms=["linux/arm/v7", "linux/amd64"], size=700)
    return registry


@pytest.fixture
def completion(clock: Clock, registry: FakeRegistry) -> Completion:
    """The completion with that registry."""
    return Completion(Cache(FakeCacheStorage(clock.now), now=clock.now, sleep=clock.sleep), registry)


def called(registry: FakeRegistry) -> list[str]:
    """The methods that were called, sorted."""
    return sorted(call.method for call in registry.calls)


def test_a_row_gets_digest_size_and_platforms(completion: Completion, registry: FakeRegistry) -> None:
    """One HEAD for the digest, and one manifest each for the index and for its children."""
    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)

    row = completed.row
    assert (row.digest, row.size, completed.final) == (digest_of("1"), 700, True)
    assert [(each.os, each.architecture, each.variant, each.size) for each in row.platforms] == [
        ("linux", "arm", "v7", 700),
        ("linux", "amd64", None, 700),
    ]
    assert called(registry) == ["digest", "manifest", "manifest", "manifest"]


def test_manifests_are_requested_once_and_digests_again(
    completion: Completion, registry: FakeRegistry, clock: Clock
) -> None:
    """The manifest of a digest never changes; the digest of a tag does."""
    for _ in range(2):
        clock.at += timedelta(minutes=6)
        (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)
    assert called(registry) == ["digest", "digest", "manifest", "manifest", "manifest"]
    assert completed.digest
    assert completed.digest.fetched_at == NOW + timedelta(minutes=12)

    registry.put(ONE, digest_of("2"), size=800)
    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=True)
    assert (completed.row.digest, completed.row.size) == (digest_of("2"), 800)


def test_an_image_of_one_platform_has_that_platform(completion: Completion, registry: FakeRegistry) -> None:
    """The platform is read from the configuration, once."""
    registry.put(ONE, digest_of("2"), size=800)
    for _ in range(2):
        (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=True)
    assert completed.row.platforms == (PlatformImage("linux", "amd64", None, digest_of("2"), 800),)
    assert called(registry).count("platform") == 1


def test_complete_rows_cause_no_request(completion: Completion, registry: FakeRegistry) -> None:
    """For Docker Hub's rows, a manifest would count as a pull."""
    rows = [ListedTag("1.0.0", digest_of("1"), described=True), ListedTag("2", digest_of("2"), described=True)]
    assert [each.row for each in completion.complete(APP, rows, refresh=False)] == rows
    assert registry.calls == []

    (completed,) = completion.complete(APP, [ListedTag("1.0.0", described=True)], refresh=False)
    assert (completed.row.digest, completed.row.size) == (digest_of("1"), None)
    assert called(registry) == ["digest"]


@pytest.mark.parametrize("error", [*TRANSIENT, NotFound("gone")])
@pytest.mark.parametrize("method", ["digest", "manifest"])
def test_a_failed_request_leaves_the_row_as_it_is(
    completion: Completion, registry: FakeRegistry, error: OutsideFailure, method: str
) -> None:
    """The other rows are completed; a missing manifest is final, other failures are tried again."""
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
    """Its platform and its digest are known from the index."""
    child = digest_of(f"{digest_of('1')} linux/amd64")
    registry.fail(f"registry.example.com/team/app@{child}", error)

    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)

    assert [(each.architecture, each.size) for each in completed.row.platforms] == [("arm", 700), ("amd64", None)]
    assert completed.row.size is None
    assert completed.final is isinstance(error, NotFound)


@pytest.mark.parametrize("odd", ["l\u00e9nux/amd64", "linux/a\nb", "a/b/c/d", "linux/ ", f"linux/{'x' * 65}"])
def test_an_invalid_platform_is_left_out(completion: Completion, registry: FakeRegistry, odd: str) -> None:
    """The other platforms of the index are listed."""
    registry.put(ONE, digest_of("2"), platforms=[odd, "linux/amd64"], size=700)
    (completed,) = completion.complete(APP, [ListedTag("1.0.0")], refresh=False)

    assert [platform.architecture for platform in completed.row.platforms] == ["amd64"]
