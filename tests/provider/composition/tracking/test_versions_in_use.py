"""Tests of the versions in use that the release tracker is shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provider.composition.parts import Parts
from provider.composition.tracker import noting_in_use, poll_round, tracker_use_cases
from provider.composition.tracking.versions_in_use import MOST_IMAGES, tags_in_use
from provider.settings import read_settings
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.deployed.comparing import DeployedStatus
from provider.tracker.decisions.deployed.updates import TagInUse
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.ports import RepositoryFields
from tests.provider.store.samples import NOW, managed

DIGEST = f"sha256:{'a' * 64}"
NODE = "docker.io/library/node"


@pytest.fixture(name="parts")
def opened(tmp_path: Path) -> Iterator[Parts]:
    """The parts of a service with an empty database."""
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})
    with Parts.open(settings) as parts:
        yield parts


@pytest.mark.parametrize(
    ("reference", "repository", "tag", "pinned"),
    [
        ("node:22", NODE, "22", False),
        ("docker.io/library/node:22-slim", NODE, "22-slim", False),
        ("index.docker.io/library/node:22", NODE, "22", False),
        ("node", NODE, "latest", False),
        (f"node@{DIGEST}", NODE, "", True),
        (f"node:22@{DIGEST}", NODE, "22", True),
        ("GHCR.io/acme/base:1.2", "ghcr.io/acme/base", "1.2", False),
        ("registry.example.com:443/team/app:3", "registry.example.com/team/app", "3", False),
        ("registry.example.com:5000/team/app:3", "registry.example.com:5000/team/app", "3", False),
    ],
)
def test_tracker_references_are_matched_by_registry_and_repository(
    reference: str, repository: str, tag: str, pinned: bool
) -> None:
    """In every spelling; latest and digests are kept as such."""
    (found,) = tags_in_use({"app": (reference,)}).items()
    assert found[0] == repository == parse_address(repository).path
    assert found[1].tags == (TagInUse(tag, pinned, ("app",), 1),)


def test_every_tag_in_use_is_there_once_with_its_images() -> None:
    """Some of them, where there are many; what is no reference is left out."""
    images = {f"app-{number:02}": ("node:22", "node:20", "node:22") for number in range(MOST_IMAGES + 5)}
    tags = {each.tag: each for each in tags_in_use({**images, "odd": ("${BASE}", "node:22")})[NODE].tags}
    assert (tags["22"].number, tags["20"].number) == (MOST_IMAGES + 6, MOST_IMAGES + 5)
    assert tags["22"].images == tuple(sorted(images)[:MOST_IMAGES])


def test_tracker_the_service_fills_in_what_its_images_are_built_from(parts: Parts) -> None:
    """The round of polls does, and what a person says stays; a GitHub repository of the same name gets nothing."""
    store = tracker_use_cases(parts).store
    container = store.add(RepositoryFields("node", parse_address(NODE)), NOW)
    source = store.add(RepositoryFields("node", parse_address("library/node")), NOW)
    for tracked in (container, source):
        store.add_release(tracked.id, FoundRelease("22.1.0"))
        store.change(tracked.id, 1, replace(RepositoryFields.of(tracked), notes="polled later"))
    app = managed("app", "node")
    edge = replace(app.dependencies[0], reference="node:20-alpine")
    parts.index.replace([replace(app, dependencies=(edge,))], {})

    stopped = poll_round(parts)
    stopped.stop()
    stopped.run()
    deployed = store.get(container.id).updates.deployed
    assert deployed
    assert (deployed.version, deployed.result.status) == ("20-alpine", DeployedStatus.BEHIND)
    assert store.get(source.id).updates.deployed is None
    assert store.get(container.id).version == 2

    parts.index.replace([], {})
    noting_in_use(parts, store)()
    assert store.get(container.id).updates.deployed is None
