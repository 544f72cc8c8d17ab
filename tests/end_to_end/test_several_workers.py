"""Several workers over PostgreSQL: one is killed, one is replaced, and each rebuild is sent exactly once."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import KINDS, new_database
from tests.end_to_end.many_workers import NAMES, ManyWorkers
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until


@pytest.fixture(params=[kind for kind in KINDS if kind != "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ManyWorkers]:
    """Two workers and a web service, with eight images enrolled and settled."""
    with new_database(request.param, tmp_path) as database, peers_installed(), ManyWorkers(tmp_path, database) as world:
        for name in ("one", "two"):
            world.start_worker(name)
        world.enroll()
        wait_until(lambda: world.settled(len(NAMES)), "every image to be checked", 180)
        yield world


def test_a_killed_and_a_replaced_worker_lose_and_double_nothing(world: ManyWorkers) -> None:
    """One is killed in the middle of a wave; in the next one a new one starts, and the old one is stopped."""
    world.move()
    world.wait_for_builds(2)
    world.kill_worker("one")
    wait_until(lambda: len(world.builds) >= len(NAMES) and world.all_proven(), "the first wave to end", 180)
    assert Counter(name for name, _ in world.builds) == dict.fromkeys(NAMES, 1)

    moved = world.move()
    world.wait_for_builds(len(NAMES) + 2)
    world.start_worker("three")
    assert world.stop_worker("two") == 0
    wait_until(lambda: len(world.builds) >= 2 * len(NAMES) and world.all_proven(), "the second wave to end", 180)
    assert Counter(name for name, _ in world.builds) == dict.fromkeys(NAMES, 2)

    shown, recorded = world.images(), world.recorded()
    for name in NAMES:
        last = [inputs["image_factory_rebuild_id"] for built, inputs in world.builds if built == name][-1]
        (base,) = recorded[name]["baseImages"]
        assert base["builtOn"] == moved.digest
        assert recorded[name]["currentDigest"] == shown[name]["digest"]
        assert [each["id"] for each in recorded[name]["rebuilds"]][-1] == shown[name]["lastRebuild"]["id"] == last
