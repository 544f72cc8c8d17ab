"""What the service shows of its work while it runs: the life of an image can be followed in the log."""

import json
from pathlib import Path
from typing import Any

from demo.hooked import HookedWorld
from tests.peers.fixtures import peers_installed


class LoggedWorld(HookedWorld):
    """The world with webhooks, with a log for programs."""

    def environment(self) -> dict[str, str]:
        """The settings of the service."""
        return super().environment() | {"IMAGE_FACTORY_LOG_FORMAT": "json"}

    def logged(self) -> list[dict[str, Any]]:
        """Everything that was logged, oldest first."""
        return [json.loads(line) for line in (self.folder / "service.log").read_text("utf-8").splitlines()]


def test_the_life_of_an_image_is_followed_by_its_rebuild_id(tmp_path: Path) -> None:
    """From the new digest of a base image to the digest of the verified rebuild, each step once and in order."""
    with peers_installed(), LoggedWorld(tmp_path) as world:
        world.wait_for_the_first_round()
        world.enroll()
        world.config_pushed()
        world.wait_until_settled()
        moved = world.move()
        world.image_pushed()
        world.wait_for_dispatch("acme/base")
        world.complete("acme/base")
        world.wait_for_dispatch("acme/portal")
        world.complete("acme/portal")
        world.wait_until_rebuilt(2)
        made = world.image("base")
        logged = world.logged()

    (started,) = (line for line in logged if line["event"] == "rebuild_requested" and line["image"] == "base")
    life = [line for line in logged if line.get("rebuild_id") == started["rebuild_id"]]
    assert [line["event"] for line in life] == [
        "rebuild_requested",
        "rebuild_started",
        "rebuild_ended",
        "rebuild_made",
    ]
    (cause,) = started["causes"]
    assert cause["digest"] == moved.digest
    (seen,) = (line for line in logged if line["event"] == "digest_seen" and line["digest"] == moved.digest)
    assert (seen["image"], seen["previous"]) == (cause["image"], cause["previous"])
    assert logged.index(seen) < logged.index(started)
    assert (life[2]["conclusion"], life[3]["digest"]) == ("success", made["digest"])
    assert all(line["commit"] for line in (seen, *life))
    assert all(line["message"] and line["time"] and line["logger"] for line in logged)
