"""The main job, as a real Backstage shows it."""

from pathlib import Path
from typing import Any

import pytest

from demo.world import World
from tests.peers.backstage import Backstage
from tests.peers.fixtures import peers_installed

SERVICE_TOKEN = "image-factory-to-backstage"
IMAGES = ("base", "portal", "api", "node-22", "debian-12", "busybox-1-36")


@pytest.mark.backstage
def test_backstage_shows_images_their_relations_and_a_new_digest(tmp_path: Path) -> None:
    """req_11_1 to req_11_6: each image is an entity with relations on both sides, and a new digest arrives."""
    backstage_folder, world_folder = tmp_path / "backstage", tmp_path / "world"
    backstage_folder.mkdir()
    with peers_installed(), World(world_folder, delay="2s") as world:
        world.enroll()
        world.wait_until_settled()
        catalog = f"{world.url}/catalog/catalog-info.yaml"
        with Backstage(backstage_folder, world.url, SERVICE_TOKEN, catalog_url=catalog) as backstage:
            backstage.wait_for(lambda: all(backstage.entity(ref(name)) for name in IMAGES), 60)
            backstage.wait_for(lambda: related(backstage, "base", "dependencyOf", "portal"), 30)
            assert related(backstage, "portal", "dependsOn", "node-22")
            assert related(backstage, "node-22", "dependencyOf", "base")

            moved = world.move().digest
            world.wait_until_rebuilt(2)
            built = world.image("portal")["digest"]
            backstage.refresh(catalog)
            backstage.wait_for(lambda: digest(backstage, "node-22") == moved, 30)
            backstage.wait_for(lambda: digest(backstage, "portal") == built, 30)


def ref(name: str) -> str:
    """The entity reference of an image."""
    return f"resource:default/{name}"


def related(backstage: Backstage, name: str, relation: str, other: str) -> bool:
    """Whether Backstage has the relation."""
    entity: dict[str, Any] = backstage.entity(ref(name)) or {}
    return {"type": relation, "targetRef": ref(other)}.items() <= {
        key: value
        for found in entity.get("relations", [])
        if found["type"] == relation and found["targetRef"] == ref(other)
        for key, value in found.items()
    }.items()


def digest(backstage: Backstage, name: str) -> str | None:
    """The digest that Backstage shows."""
    entity: dict[str, Any] = backstage.entity(ref(name)) or {}
    annotations: dict[str, str] = entity["metadata"]["annotations"]
    return annotations.get("image-factory.io/digest")
