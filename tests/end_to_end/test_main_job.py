"""The main job on real peers: a base image changes, its dependents are rebuilt once, and git says why."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.world import CONFIG, World
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until
from tests.provider.git.keys import EMAIL, allowed_signers, make_key


class SignedWorld(World):
    """The service has a key for its commits."""

    def environment(self) -> dict[str, str]:
        """The settings with the key."""
        return super().environment() | {
            "IMAGE_FACTORY_COMMIT_SIGNING_KEY": str(self.folder / "key"),
            "IMAGE_FACTORY_COMMIT_AUTHOR": f"Factory <{EMAIL}>",
        }


@contextmanager
def signed_world(folder: Path) -> Iterator[World]:
    """Peers and the service, with three images enrolled and settled."""
    make_key(folder / "key")
    with peers_installed(), SignedWorld(folder, delay="2s") as world:
        world.enroll()
        world.wait_until_settled()
        yield world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """As `signed_world`, for one test."""
    with signed_world(tmp_path) as world:
        yield world


@dataclass(frozen=True)
class Rebuilt:
    """A world in which a base image has moved and its dependents were rebuilt."""

    world: World
    first: str
    moved: str


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rebuilt]:
    """Peers and the service, after one move; the tests only read."""
    with signed_world(tmp_path_factory.mktemp("rebuilt")) as world:
        first = world.image("node-22")["digest"]
        moved = world.move().digest
        world.wait_until_rebuilt(2)
        yield Rebuilt(world, first, moved)


def test_a_changed_base_image_rebuilds_its_dependents_once_and_parents_first(rebuilt: Rebuilt) -> None:
    """req_4_1 to req_4_5: first `base`, then the image built from it, each once, on exactly the eligible digest."""
    world, moved = rebuilt.world, rebuilt.moved
    assert [name for name, _ in world.builds] == ["base", "portal"]
    base_inputs, portal_inputs = (json.loads(inputs["image_factory_base_images"]) for _, inputs in world.builds)
    assert [(base["written"], base["digest"], base["cause"]) for base in base_inputs] == [("node:22", moved, True)]
    passed = {base["name"]: base for base in portal_inputs}
    assert passed["node-22"]["digest"] == moved
    assert passed["base"]["digest"] == world.image("base")["digest"]
    assert passed["busybox-1-36"]["cause"] is False
    assert world.image("node-22")["digest"] == moved != rebuilt.first


def test_every_step_is_a_commit_that_says_why(rebuilt: Rebuilt) -> None:
    """req_6_2, req_6_3 and nfr_2: each rebuild is committed before it is sent, with its image and cause."""
    world = rebuilt.world
    messages = "\n\n".join(world.commits())
    assert "Rebuild base" in messages
    assert "Rebuild portal" in messages
    assert "node:22 changed" in messages
    files = world.git.repositories.files(CONFIG)
    assert {"state/images/base.yaml", "state/images/portal.yaml", "state/base-images/node-22.yaml"} <= set(files)
    assert unsigned(world) == {"Start", "Enroll base, portal and api"}
    kept = world.git.repositories.read(CONFIG, "images.yaml")
    assert kept.startswith("# The enrolled images.")


def test_a_deleted_database_is_made_again_from_git_with_the_same_answers(tmp_path: Path) -> None:
    """req_5: state is in git; after deleting the database and the queues, nothing is lost or built again."""
    with peers_installed(), World(tmp_path, delay="2s") as world:
        world.enroll()
        world.wait_until_settled()
        world.move()
        world.wait_until_rebuilt(2)
        before = {name: without_check_times(image) for name, image in world.images().items()}
        catalog = world.catalog()

        world.stop_service()
        for file in (tmp_path / "data").glob("*.db*"):
            if file.is_file():
                file.unlink()
        world.start_service()
        wait_until(lambda: len(world.images()) == len(before) and world.settled(), "the database to be made again", 120)

        assert {name: without_check_times(image) for name, image in world.images().items()} == before
        assert world.catalog() == catalog
        assert Counter(name for name, _ in world.builds) == {"base": 1, "portal": 1}


def test_a_killed_service_goes_on_where_it_was(world: World) -> None:
    """After a kill -9 between the change and the rebuild, each image is rebuilt exactly once."""
    world.move()
    wait_until(lambda: world.image("base")["status"] in ("waiting", "due", "rebuilding"), "the move to be seen")
    world.kill_service()
    world.start_service()
    world.wait_until_rebuilt(2)

    assert Counter(name for name, _ in world.builds) == {"base": 1, "portal": 1}


def unsigned(world: World) -> set[str]:
    """The subjects of the commits without a good signature of the service."""
    trusted = f"gpg.ssh.allowedSignersFile={allowed_signers(world.folder / 'key')}"
    clone = world.folder / "data" / "config"
    log = ["git", "-C", str(clone), "-c", trusted, "log", "--format=%G? %s"]
    lines = subprocess.run(log, check=True, capture_output=True, text=True).stdout.splitlines()
    return {subject for good, _, subject in (line.partition(" ") for line in lines) if good != "G"}


def without_check_times(image: dict[str, object]) -> dict[str, object]:
    """The image without the time of its last check, which is only in the database."""
    return {key: value for key, value in image.items() if key != "lastChecked"}
