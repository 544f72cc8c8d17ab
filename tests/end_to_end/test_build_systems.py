"""GitHub Actions, GitLab pipelines and a webhook in one service: each rebuilds its images once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.mixed_world import MixedWorld
from tests.peers.fixtures import peers_installed


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MixedWorld]:
    """Peers and the service, with an image for each build system, checked."""
    with peers_installed(), MixedWorld(tmp_path) as world:
        world.enroll()
        for name in ("base", "hook", "lab", "forbidden"):
            world.wait_for(name, "unverified", "up-to-date")
        yield world


def test_each_build_system_rebuilds_its_image_once(world: MixedWorld) -> None:
    """From the change to up to date, on the new digest; a team's entry may name no webhook, so it is held."""
    moved = world.move().digest

    for name in ("base", "hook", "lab"):
        world.wait_until_built(name)
    world.wait_for("forbidden", "held")

    assert world.counts() == {"base": 1, "hook": 1, "lab": 1, "forbidden": 0}
    for name in ("base", "hook", "lab"):
        image = world.image(name)
        assert [found["builtOn"] for found in image["dependencies"]] == [moved]
        assert (image["lastRebuild"]["conclusion"], image["lastError"]) == ("success", None)
    assert world.image("lab")["lastRebuild"]["url"].startswith("https://gitlab.example.com/acme/team/lab/-/pipelines/")
    assert world.image("hook")["lastRebuild"]["url"] == "https://ci.example.org/1"
    assert "only images.yaml may name a webhook" in world.image("forbidden")["reason"]


def test_a_build_system_that_is_down_stops_no_other(world: MixedWorld) -> None:
    """GitLab does not answer, and the receiver refuses; the image at GitHub is rebuilt all the same."""
    world.gitlab.down()
    world.receiver.fail(403)
    world.move()

    world.wait_until_built("base")
    world.wait_for("hook", "failed")
    assert world.counts() == {"base": 1, "hook": 0, "lab": 0, "forbidden": 0}
    assert "answered 403" in world.image("hook")["reason"]

    world.gitlab.up()
    world.wait_until_built("lab")
    assert world.counts()["lab"] == 1


def test_a_build_that_fails_is_a_result(world: MixedWorld) -> None:
    """By pipeline and by report: it is not repeated."""
    world.conclusion = "failure"
    world.move()

    for name in ("hook", "lab"):
        world.wait_for(name, "failed")
    assert (world.counts()["hook"], world.counts()["lab"]) == (1, 1)
    assert {world.image(name)["lastRebuild"]["conclusion"] for name in ("hook", "lab")} == {"failure"}
