"""Webhooks, on real peers: what they report is done at once, and a storm of them loses and doubles nothing."""

from collections import Counter
from pathlib import Path

from demo.hooked import HookedWorld
from demo.storm import storm
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until

# `make bench` sends 5,000.
_WEBHOOKS = 900


def test_what_webhooks_report_needs_no_periodic_check(tmp_path: Path) -> None:
    """req_11_9: an enrollment, a change of a base image and the end of a build; the checks are a day apart."""
    with peers_installed(), HookedWorld(tmp_path) as world:
        world.wait_for_the_first_round()
        world.enroll()
        assert world.config_pushed() == 202
        world.wait_until_settled()
        world.move()
        assert world.image_pushed() == 202
        world.wait_for_dispatch("acme/base")
        assert world.complete("acme/base") == 202
        world.wait_for_dispatch("acme/portal")
        assert world.complete("acme/portal") == 202
        world.wait_until_rebuilt(2)
        assert [name for name, _ in world.builds] == ["base", "portal"]


def test_a_storm_of_webhooks_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """A third is sent twice, and the service is killed in the middle; `make bench` measures how soon it answers."""
    with peers_installed(), HookedWorld(tmp_path) as world:
        world.by_hand = False
        world.wait_for_the_first_round()
        world.enroll()
        world.config_pushed()
        world.wait_until_settled()
        found = storm(world, _WEBHOOKS)
        assert found.statuses.keys() <= {200, 202}
        assert found.statuses.total() == _WEBHOOKS
        # Each is stored once, and one is the enrollment of this test.
        assert world.deliveries() == found.different + 1

        world.wait_until_rebuilt(2)
        wait_until(lambda: world.image("api")["title"] == "The API", "the change of the enrollments to be applied")
        wait_until(lambda: "busybox" in str(world.image("api")["dependencies"]), "the change of the source to be read")
        assert Counter(name for name, _ in world.builds) == {"base": 1, "portal": 1}
