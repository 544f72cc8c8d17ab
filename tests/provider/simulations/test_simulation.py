"""A thousand images over simulated weeks: not too early, not too often, nothing missing, nothing withdrawn."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from catalog.image import Conclusion
from catalog.reference import Digest
from provider.domain.plan import BuildCaps
from provider.domain.rebuild import Rebuild
from provider.domain.state import ImageState
from tests.provider.simulations.simulation import DAY, START, STEP, Simulation, base, digest, managed, random_world

HOUR = timedelta(hours=1)
DELAYS = (12 * HOUR, 3 * DAY, 7 * DAY)


def weeks(seed: int, *, images: int, bases: int, moves: int, days: int) -> Simulation:
    """A random world whose bases moved, and sometimes moved back, and that then came to rest."""
    world = random_world(seed, images, bases, DELAYS)
    chance = random.Random(seed + 1)  # noqa: S311 - a repeatable world, no secret
    earlier: dict[str, list[Digest]] = {}
    for number in range(moves):
        name = f"base-{chance.randrange(bases)}"
        known = earlier.setdefault(name, [])
        to = chance.choice(known) if known and chance.random() < 0.1 else digest(2**80 + number)
        known.append(to)
        world.move(START + chance.randrange(days * DAY // STEP) * STEP, name, to)
    world.run()
    return world


@pytest.fixture(scope="module")
def world() -> Simulation:
    """1,000 images and 100 bases over four weeks."""
    return weeks(7, images=1000, bases=100, moves=600, days=28)


def test_no_rebuild_comes_before_its_delay(world: Simulation) -> None:
    """Every digest that caused a rebuild had been seen for the image's own delay; built images need none."""
    for now, name, rebuild, _ in world.rebuilds:
        for cause in rebuild.causes:
            delay = timedelta(0) if cause.name in world.images else world.images[name].enrollment.rebuild_delay
            assert now - cause.first_seen >= delay


def test_no_rebuild_is_redundant(world: Simulation) -> None:
    """Every rebuild brings at least one digest that the image was not built from, and no key is used twice."""
    for _, _, rebuild, image in world.rebuilds:
        assert any(target.digest != built_on_digest(image, target.name) for target in rebuild.targets)
    assert max(Counter(rebuild.key for _, _, rebuild, _ in world.rebuilds).values()) == 1


def test_no_image_is_left_behind(world: Simulation) -> None:
    """Once nothing changes, every image is built on the newest digest of each of its bases."""
    behind = [
        (name, dependency.name)
        for name, image in world.images.items()
        for dependency in image.dependencies
        if (current := world.world.ledger(dependency.name).current)
        and dependency.built_on
        and dependency.built_on.digest != current.digest
    ]
    assert behind == []
    assert len(world.rebuilds) > 1000


def test_no_withdrawn_digest_is_built_and_none_goes_backwards(world: Simulation) -> None:
    """No cause of a rebuild lies between two sightings of another digest, nor before the digest that was built on."""
    for now, _, rebuild, image in world.rebuilds:
        for cause in rebuild.causes:
            seen = [s.digest for s in world.world.ledger(cause.name).observations if s.first_seen <= now]
            newest = len(seen) - 1 - seen[::-1].index(cause.digest)
            assert not set(seen[:newest]) & set(seen[newest + 1 :])
            before = built_on_digest(image, cause.name)
            assert newest > len(seen) - 1 - seen[::-1].index(before)


def built_on_digest(image: ImageState, name: str) -> Digest:
    """The digest of a base that an image was built from."""
    built_on = next(dependency.built_on for dependency in image.dependencies if dependency.name == name)
    assert built_on
    return built_on.digest


@pytest.mark.parametrize("seed", range(5))
def test_one_move_rebuilds_each_image_once(seed: int) -> None:
    """With equal delays, a wave through any graph builds each image that depends on the base once, parents first."""
    world = random_world(seed, 120, 4, (DAY,))
    world.move(START + HOUR, "base-0")
    world.move(START + HOUR + timedelta(minutes=20), "base-1")
    world.run()

    built = Counter(name for _, name, _, _ in world.rebuilds)
    assert set(built.values()) == {1}
    started = {name: now for now, name, _, _ in world.rebuilds}
    for name, image in world.images.items():
        for dependency in image.dependencies:
            if dependency.name in started and dependency.name in world.images:
                assert started[dependency.name] < started[name]


def test_a_tag_that_moves_faster_than_the_delay_starves_no_image() -> None:
    """A base that moves every ten minutes still has each image rebuilt daily, also below a parent that never rests."""
    bottom = base("busy")
    parent = managed("parent", [bottom], DAY)
    child = managed("child", [parent, bottom], DAY)
    grandchild = managed("grandchild", [child], DAY)
    world = Simulation({"parent": parent, "child": child, "grandchild": grandchild}, {"busy": bottom})
    for number in range(6 * 24 * 4):
        world.move(START + number * timedelta(minutes=10), "busy")
    world.run()

    for name in world.images:
        times = [now for now, built, _, _ in world.rebuilds if built == name]
        assert longest_gap([START + DAY, *times]) <= timedelta(hours=4)


def longest_gap(times: list[datetime]) -> timedelta:
    """The longest time between neighbours."""
    return max(later - sooner for sooner, later in pairwise(times))


def test_caps_hold_and_everything_still_gets_its_turn() -> None:
    """Never more builds at a time than allowed, and nothing is left behind for it."""
    world = random_world(3, 60, 2, (DAY,))
    world.caps = BuildCaps(builds=3)
    world.move(START + HOUR, "base-0")
    world.move(START + HOUR, "base-1")
    world.run()

    spans = [(record.requested_at, record.completed_at) for image in world.images.values() for record in image.rebuilds]
    for start, _ in spans:
        assert sum(1 for begun, ended in spans if begun <= start and ended and start < ended) <= 3
    assert {name for _, name, _, _ in world.rebuilds} == set(world.images)


def test_a_failed_build_is_not_tried_again_by_itself() -> None:
    """A failure waits for a newer base; its children go without it."""
    bottom = base("node")
    parent = managed("parent", [bottom], DAY)
    child = managed("child", [parent, bottom], DAY)
    ends = iter([Conclusion.FAILURE, *[Conclusion.SUCCESS] * 10])
    world = Simulation({"parent": parent, "child": child}, {"node": bottom}, conclude=lambda: next(ends))
    world.move(START + HOUR, "node")
    world.move(START + 3 * DAY, "node")
    world.run()

    assert [name for _, name, _, _ in world.rebuilds] == ["parent", "child", "parent", "child"]
    assert all(isinstance(rebuild, Rebuild) for _, _, rebuild, _ in world.rebuilds)
