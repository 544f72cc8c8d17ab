"""Versions of private images at the clouds' registries, with the times of their pushes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.reference import ImageReference
from provider.composition.parts import Parts
from provider.composition.web import _upstreams
from proxy.version_types import VersionPage, VersionQuery
from tests.peers.cloud.worlds import World
from tests.provider.composition.cloud.services import opened
from tests.proxy.clocks import Clock
from tests.proxy.versions.settling import whole_page

START = datetime(2026, 3, 1, tzinfo=UTC)
# By version `2.0` would be first.
PUSHED = {
    "2.0": START,
    "1": START + timedelta(days=3),
    "1.5": START + timedelta(days=1),
    "1.1": START + timedelta(days=2),
}
NEWEST_FIRST = ["1", "1.1", "1.5", "2.0"]
BY_VERSION = ["2.0", "1.5", "1.1", "1"]


@pytest.fixture(autouse=True)
def real_time(clock: Clock) -> Clock:
    """The clock begins now, as that of the peers."""
    clock.at = datetime.now(UTC)
    return clock


def page(parts: Parts, image: ImageReference) -> VersionPage:
    """The first page, as the API and the pages get it, once everything in it was read."""
    query = VersionQuery(q=None, semver=None, page=1, size=20, refresh=False)
    return whole_page(_upstreams(parts)[1].versions, image, query)


def test_versions_are_dated_newest_first(world: World, tmp_path: Path) -> None:
    """Over all pages of the cloud's list, with digests; the image is still watched afterwards."""
    world.lists.publish(PUSHED)
    with opened(world, tmp_path) as parts:
        found = page(parts, world.image)
        assert parts.registries.digest(world.image) == world.digest
        assert parts.registries.manifest(world.image).digest == world.digest

    assert found.order == "published"
    assert {version.tag: version.published_at for version in found.items} == PUSHED
    assert [version.tag for version in found.items] == NEWEST_FIRST
    first = found.items[0]
    assert first.digest == world.digest
    assert first.reference == f"{world.image}@{world.digest}"
    assert first.size is not None
    assert [(each.os, each.architecture) for each in first.platforms] == [("linux", "amd64")]


def test_a_fresh_list_is_not_asked_for_again(world: World, clock: Clock, tmp_path: Path) -> None:
    """It is asked for again after some minutes."""
    world.lists.publish(PUSHED)
    with opened(world, tmp_path) as parts:
        page(parts, world.image)
        asked = world.lists.asked
        page(parts, world.image)
        assert world.lists.asked == asked
        clock.at += timedelta(minutes=6)
        page(parts, world.image)
        assert world.lists.asked == 2 * asked


@pytest.mark.parametrize("status", [403, 503])
def test_without_the_cloud_s_list_the_registry_s_own_is_read(status: int, world: World, tmp_path: Path) -> None:
    """By version and without dates; the registry is not paused, and the image is still watched."""
    world.lists.publish(PUSHED)
    world.lists.answer(status)
    with opened(world, tmp_path) as parts:
        found = page(parts, world.image)
        assert parts.registries.digest(world.image) == world.digest

    assert found.order == "version"
    assert [version.tag for version in found.items] == BY_VERSION
    assert {version.published_at for version in found.items} == {None}
    assert {version.digest for version in found.items} == {world.digest}


def test_dates_stay_while_the_cloud_s_list_fails(world: World, clock: Clock, tmp_path: Path) -> None:
    """For a short time the old list is better than one without dates."""
    world.lists.publish(PUSHED)
    with opened(world, tmp_path) as parts:
        page(parts, world.image)
        world.lists.answer(503)
        clock.at += timedelta(minutes=6)
        found = page(parts, world.image)

    assert (found.order, found.stale) == ("published", True)
    assert [version.tag for version in found.items] == NEWEST_FIRST
