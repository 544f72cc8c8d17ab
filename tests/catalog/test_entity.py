"""Tests of images as Backstage entities."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.addresses import Sites
from catalog.entity import entity
from catalog.image import DependencyRole, Failure, Image, Status
from catalog.validation import problems
from tests.catalog.sample_images import MORNING, NEW, OLD, RUN, base, dependency, managed, rebuild


def entity_of(image: Image) -> Any:
    """The entity as a plain dictionary."""
    return entity(image)


def test_a_managed_image_is_a_resource() -> None:
    """Its dependencies are sorted and unique, and it links to registry, source and last run."""
    found = entity_of(managed())

    assert [found["apiVersion"], found["kind"]] == ["backstage.io/v1alpha1", "Resource"]
    assert found["spec"] == {
        "type": "managed-image",
        "owner": "group:default/portal",
        "lifecycle": "experimental",
        "system": "portal",
        "dependsOn": ["resource:default/alpine-3", "resource:default/node-22"],
    }
    assert found["metadata"]["title"] == "Backstage"
    assert found["metadata"]["description"] == "The developer portal - ghcr.io/acme/team/backstage:latest"
    assert found["metadata"]["tags"] == ["managed", "registry:ghcr-io", "up-to-date", "on:node-22", "on:alpine-3"]
    assert found["metadata"]["links"] == [
        {"url": "https://github.com/orgs/acme/packages/container/package/team%2Fbackstage", "title": "Registry"},
        {"url": "https://github.com/acme/portal/tree/release/1/app/", "title": "Source"},
        {"url": RUN, "title": "Last run"},
    ]


def test_a_base_image_has_only_known_fields() -> None:
    """Empty fields are left out; the title is the short reference, because the name may be cut."""
    found = entity_of(base())

    assert found["spec"] == {"type": "base-image", "owner": "group:default/platform", "lifecycle": "production"}
    assert found["metadata"]["title"] == "node:22"
    assert found["metadata"]["description"] == "Base image docker.io/library/node:22"
    assert list(found["metadata"]) == ["name", "title", "description", "annotations", "labels", "tags", "links"]


def test_only_web_addresses_are_links() -> None:
    """An address from a build system that is not http or https is no link."""
    found = entity_of(replace(managed(), last_rebuild=rebuild("javascript:alert(1)")))

    assert [link["title"] for link in found["metadata"]["links"]] == ["Registry", "Source"]


@given(
    st.sampled_from(Status),
    st.from_regex(r"[a-zA-Z0-9.-]{0,70}[a-z](:[0-9]{1,5})?", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.sampled_from(["node-22", "alpine-3"]).map(dependency)),
)
def test_every_entity_is_valid_for_backstage(
    status: Status, registry: str, reason: str, dependencies: list[Any]
) -> None:
    """The entity is valid for any registry, status and text."""
    odd = {"registry": registry, "reason": reason, "description": reason, "dependencies": tuple(dependencies)}

    assert problems(entity(replace(managed(), status=status, **odd))) == []  # type: ignore[arg-type]


def test_links_and_annotations_use_the_given_sites() -> None:
    """A company may run its own GitHub."""
    found: Any = entity(managed(), Sites(github="https://git.example.org"))
    page = "https://git.example.org/acme/portal/tree/release/1/app/"

    assert found["metadata"]["links"][1] == {"url": page, "title": "Source"}
    assert found["metadata"]["annotations"]["backstage.io/source-location"] == f"url:{page}"


def test_every_field_is_that_of_the_image() -> None:
    """A description and a title of a base image are shown; a managed image without a title has none."""
    named = entity_of(replace(base(), title="Node", description="A runtime", system="web"))
    unnamed = entity_of(replace(managed(), title=""))

    assert named["metadata"]["name"] == "node-22"
    assert named["metadata"]["title"] == "Node"
    assert named["metadata"]["description"] == "A runtime - docker.io/library/node:22 (node:22)"
    assert list(named["spec"]) == ["type", "owner", "lifecycle", "system"]
    assert "title" not in unnamed["metadata"]


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({}, "The portal - ghcr.io/acme/team/backstage:latest"),
        ({"description": None}, "Managed image ghcr.io/acme/team/backstage:latest"),
        ({"description": " \n"}, "Managed image ghcr.io/acme/team/backstage:latest"),
        ({"description": "The portal\n\n- fast\n"}, "The portal\n\n- fast\n\nghcr.io/acme/team/backstage:latest"),
        (
            {"description": "Runs ghcr.io/acme/team/backstage:latest."},
            "Runs ghcr.io/acme/team/backstage:latest.",
        ),
        (
            {"registry": "docker.io", "repository": "acme/portal", "tag": "2"},
            "The portal - docker.io/acme/portal:2 (acme/portal:2)",
        ),
        (
            {"registry": "docker.io", "repository": "acme/portal", "tag": "2", "title": "acme/portal:2"},
            "The portal - docker.io/acme/portal:2",
        ),
        ({"registry": "localhost:5000", "repository": "a", "tag": "1"}, "The portal - localhost:5000/a:1"),
    ],
)
def test_the_reference_is_found_by_searching(changes: dict[str, Any], description: str) -> None:
    """Backstage's search reads title and description, so the references that people write are there, each once."""
    found = entity_of(replace(replace(managed(), description="The portal"), **changes))

    assert found["metadata"]["description"] == description


@pytest.mark.parametrize("name", ["portal", "a--b", "node.22_X"])
def test_an_image_links_to_its_page_at_the_service(name: str) -> None:
    """The link is there if people can reach the service at a known address."""
    found: Any = entity(replace(managed(), name=name), Sites(service="https://images.example.org/factory"))
    unknown = entity_of(replace(managed(), name=name))

    page = f"https://images.example.org/factory/images/{name}"
    assert found["metadata"]["links"][-1] == {"url": page, "title": "Image Factory"}
    assert [link["title"] for link in unknown["metadata"]["links"]] == ["Registry", "Source", "Last run"]


def test_what_backstage_does_not_show_changes_no_entity() -> None:
    """News about a dependency, notes and earlier rebuilds leave the entity as it is, so its entity tag stays."""
    seen = replace(dependency("node-22"), newest=NEW, status=Status.WATCHED)
    news = replace(dependency("node-22"), newest=OLD, status=Status.ERROR)
    stage = dependency("alpine-3", DependencyRole.STAGE)
    before = replace(managed(), dependencies=(seen, stage))
    after = replace(
        before,
        dependencies=(stage, news),
        notes=("node:22 moved",),
        rebuilds=(rebuild(),),
        digest_since=MORNING,
        last_error=Failure(MORNING, "was unavailable"),
    )

    assert entity(after) == entity(before)
