"""Tests of the Backstage of the end-to-end tests alone: it ingests a catalog document that this file serves."""

import threading
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Self

import pytest
import yaml
from flask import Flask, request
from werkzeug import Response
from werkzeug.serving import make_server

from tests.peers.backstage import Backstage, BackstageError, Entity

pytestmark = pytest.mark.backstage

TOKEN = "a-token-of-this-test-alone"
MANAGED = "resource:default/portal"
BASE = "resource:default/node-22-bookworm-slim"
INGESTED_WITHIN = 30.0

PORTAL: Entity = {
    "apiVersion": "backstage.io/v1alpha1",
    "kind": "Resource",
    "metadata": {
        "name": "portal",
        "title": "Portal",
        "description": "The developer portal",
        "annotations": {
            "image-factory.io/registry": "ghcr.io",
            "image-factory.io/repository": "acme/portal",
            "image-factory.io/tag": "latest",
            "image-factory.io/digest": "sha256:" + "a" * 64,
            "image-factory.io/rebuild-status": "waiting",
            "image-factory.io/rebuild-reason": "node:22-bookworm-slim changed on 5 Mar 2026",
            "github.com/project-slug": "acme/portal",
        },
        "labels": {"image-factory.io/registry": "ghcr.io", "image-factory.io/role": "managed"},
        "tags": ["managed", "registry:ghcr-io", "waiting"],
    },
    "spec": {
        "type": "managed-image",
        "owner": "group:default/platform",
        "lifecycle": "production",
        "dependsOn": [BASE],
    },
}
NODE: Entity = {
    "apiVersion": "backstage.io/v1alpha1",
    "kind": "Resource",
    "metadata": {
        "name": "node-22-bookworm-slim",
        "annotations": {
            "image-factory.io/registry": "docker.io",
            "image-factory.io/repository": "library/node",
            "image-factory.io/tag": "22-bookworm-slim",
            "image-factory.io/digest": "sha256:" + "b" * 64,
        },
        "tags": ["base", "registry:docker-io", "watched"],
    },
    "spec": {"type": "base-image", "owner": "group:default/platform", "lifecycle": "production"},
}


class CatalogDocument:
    """A catalog document on loopback with a strong ETag; `entities` can change while it is served."""

    def __init__(self, entities: list[Entity]) -> None:
        self.entities = entities
        app = Flask("catalog-document")
        app.add_url_rule("/catalog/catalog-info.yaml", view_func=self._answer)
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.service_url = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.service_url}/catalog/catalog-info.yaml"

    def __enter__(self) -> Self:
        """Serve it in a thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self) -> Response:
        response = Response(yaml.safe_dump_all(self.entities), content_type="application/yaml")
        response.add_etag()
        return response.make_conditional(request)


@pytest.fixture(scope="module")
def document() -> Iterator[CatalogDocument]:
    """The portal, which is built from node."""
    with CatalogDocument([deepcopy(PORTAL), deepcopy(NODE)]) as served:
        yield served


@pytest.fixture(scope="module")
def backstage(document: CatalogDocument, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backstage]:
    """Backstage, which reads the document only once during these tests, unless it is refreshed."""
    folder = tmp_path_factory.mktemp("backstage")
    with Backstage(folder, document.service_url, TOKEN, catalog_url=document.url, processing_interval="1h") as running:
        yield running


def test_an_entity_is_ingested_unchanged(backstage: Backstage) -> None:
    """Name, title, annotations, labels, tags and spec of a served entity are in the catalog."""
    found = backstage.wait_for(lambda: backstage.entity(MANAGED), INGESTED_WITHIN)

    assert {key: found["metadata"][key] for key in ("name", "title", "description", "labels", "tags")} == {
        key: PORTAL["metadata"][key] for key in ("name", "title", "description", "labels", "tags")
    }
    assert found["metadata"]["annotations"].items() >= PORTAL["metadata"]["annotations"].items()
    assert found["spec"] == PORTAL["spec"]


def test_a_dependency_has_relations_on_both_sides(backstage: Backstage) -> None:
    """The portal declares that it depends on node, and Backstage adds the opposite relation to node."""
    assert backstage.wait_for(lambda: related(backstage, MANAGED, "dependsOn"), INGESTED_WITHIN) == {BASE}
    assert backstage.wait_for(lambda: related(backstage, BASE, "dependencyOf"), INGESTED_WITHIN) == {MANAGED}


def test_the_owner_is_a_group_of_the_catalog(backstage: Backstage) -> None:
    """The group that owns the images exists, and has relations to them."""
    owned = backstage.wait_for(lambda: related(backstage, "group:default/platform", "ownerOf"), INGESTED_WITHIN)

    assert MANAGED in owned


def test_entities_are_found_by_filter(backstage: Backstage) -> None:
    """A filter on the type returns only images of that type."""
    found = backstage.wait_for(lambda: backstage.entities("kind=resource,spec.type=base-image"), INGESTED_WITHIN)

    assert [entity["metadata"]["name"] for entity in found] == ["node-22-bookworm-slim"]


def test_a_change_appears_after_a_refresh(document: CatalogDocument, backstage: Backstage) -> None:
    """A new digest is in the catalog soon after a refresh, long before the next periodic check."""
    moved = "sha256:" + "c" * 64
    backstage.wait_for(lambda: backstage.entity(BASE), INGESTED_WITHIN)
    changed = deepcopy(NODE)
    changed["metadata"]["annotations"]["image-factory.io/digest"] = moved
    document.entities = [PORTAL, changed]

    backstage.refresh(document.url)

    backstage.wait_for(lambda: digest(backstage, BASE) == moved, INGESTED_WITHIN)


def test_an_unknown_entity_does_not_exist(backstage: Backstage) -> None:
    """An unknown entity is None, and an unknown location cannot be refreshed."""
    assert backstage.entity("resource:default/nothing") is None
    with pytest.raises(LookupError, match="nothing\\.yaml"):
        backstage.refresh("http://127.0.0.1:1/nothing.yaml")


def test_a_backstage_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    """If Backstage refuses its configuration, the error says why, and the log is kept."""
    refused = Backstage(tmp_path, "http://127.0.0.1:1", TOKEN, processing_interval="soon")

    with pytest.raises(BackstageError, match="Invalid duration 'soon'"), refused:
        pytest.fail("it started")

    assert "Invalid duration 'soon'" in refused.log.read_text()


def related(backstage: Backstage, reference: str, kind: str) -> set[str]:
    """The targets of the relations of that kind, as full references; empty if the entity does not exist."""
    entity = backstage.entity(reference) or {}
    return {relation["targetRef"] for relation in entity.get("relations", []) if relation["type"] == kind}


def digest(backstage: Backstage, reference: str) -> str | None:
    """The current digest of an entity."""
    entity = backstage.entity(reference)
    return entity["metadata"]["annotations"]["image-factory.io/digest"] if entity else None
