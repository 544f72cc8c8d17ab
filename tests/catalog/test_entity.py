"""Tests of images as Backstage entities."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.addresses import Sites
from catalog.entity import entity
from catalog.image import Image, Status
from catalog.validation import problems
from tests.catalog.sample_images import RUN, base, dependency, managed, rebuild


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
    assert found["metadata"]["tags"] == ["managed", "registry:ghcr-io", "up-to-date"]
    assert found["metadata"]["links"] == [
        {"url": "https://github.com/orgs/acme/packages/container/package/team%2Fbackstage", "title": "Registry"},
        {"url": "https://github.com/acme/portal/tree/release/1/app/", "title": "Source"},
        {"url": RUN, "title": "Last run"},
    ]


def test_a_base_image_has_only_known_fields() -> None:
    """Empty fields are left out; the title is the reference, because the name may be cut."""
    found = entity_of(base())

    assert found["spec"] == {"type": "base-image", "owner": "group:default/platform", "lifecycle": "production"}
    assert found["metadata"]["title"] == "node:22"
    assert list(found["metadata"]) == ["name", "title", "annotations", "labels", "tags", "links"]


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
    assert named["metadata"]["description"] == "A runtime"
    assert list(named["spec"]) == ["type", "owner", "lifecycle", "system"]
    assert named["metadata"]["labels"] == {"image-factory.io/registry": "docker.io", "image-factory.io/role": "base"}
    assert "title" not in unnamed["metadata"]


def test_a_long_registry_is_cut_in_the_tag() -> None:
    """A tag has at most 63 characters and does not end with '-'."""
    whole = entity_of(replace(base(), registry=f"{'a' * 54}.org"))
    cut = entity_of(replace(base(), registry=f"{'a' * 53}.org"))

    assert whole["metadata"]["tags"][1] == f"registry:{'a' * 54}"
    assert cut["metadata"]["tags"][1] == f"registry:{'a' * 53}"
    assert entity_of(replace(base(), registry="a" * 60))["metadata"]["tags"][1] == f"registry:{'a' * 54}"
    assert entity_of(replace(base(), registry=f"{'a' * 52}.org"))["metadata"]["tags"][1] == f"registry:{'a' * 52}-o"
