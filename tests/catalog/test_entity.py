"""Tests of images as Backstage entities."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

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
