"""Tests of the tags that people filter by."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.grammar import is_tag
from catalog.image import DependencyDocument, DependencyRole, Status
from catalog.tags import MORE_BASES, MOST_BASES, base_tag, registry_tag, tags
from tests.catalog.sample_images import base, dependency, managed

# With few characters, different names often look alike.
NAMES = st.from_regex(r"[abA1]([-_.abA1]{0,61}[abA1])?", fullmatch=True)
DEPENDENCIES = st.lists(st.builds(dependency, NAMES, st.sampled_from(DependencyRole)), max_size=MOST_BASES + 8)
HASH = "[0-9a-f]{8}"


def test_an_image_has_its_role_registry_status_and_dependencies() -> None:
    """An image that occurs in several stages has one tag; what is only watched depends on nothing."""
    twice = (dependency("node-22", DependencyRole.STAGE), dependency("node-22"), dependency("alpine-3"))

    assert tags(replace(managed(), status=Status.WAITING, dependencies=twice)) == [
        "managed",
        "registry:ghcr-io",
        "waiting",
        "on:alpine-3",
        "on:node-22",
    ]
    assert tags(base()) == ["base", "registry:docker-io", "watched"]


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("node-22-bookworm-slim", "on:node-22-bookworm-slim"),
        ("a" * 60, f"on:{'a' * 60}"),
        ("Portal", "on:portal"),
        ("node.22", f"on:node-22:{HASH}"),
        ("node_22", f"on:node-22:{HASH}"),
        ("node--22", f"on:node-22:{HASH}"),
        ("a" * 61, f"on:{'a' * 51}:{HASH}"),
        (f"{'a' * 50}-{'b' * 12}", f"on:{'a' * 50}:{HASH}"),
        (f"{'a' * 50}.{'b' * 12}", f"on:{'a' * 50}:{HASH}"),
    ],
)
def test_the_tag_of_a_dependency_is_its_name(name: str, tag: str) -> None:
    """A name that is too long, or has characters that no tag has, is changed and gets a hash."""
    assert re.fullmatch(tag, base_tag(name))


def test_the_tag_of_a_name_never_changes() -> None:
    """People keep addresses with tags, so another release of this service gives the same ones."""
    assert [base_tag("node.22"), base_tag("a" * 63)] == ["on:node-22:af6bf7af", f"on:{'a' * 51}:7d3e74a0"]


@given(st.sets(NAMES, max_size=12))
def test_two_names_never_have_the_same_tag(names: set[str]) -> None:
    """Names that only differ in case are the same in Backstage; all others have tags of their own."""
    assert len({base_tag(name) for name in names}) == len({name.lower() for name in names})


@given(DEPENDENCIES, st.sampled_from(Status), st.from_regex(r"[a-zA-Z0-9.-]{0,90}[a-z](:[0-9]{1,5})?", fullmatch=True))
def test_tags_are_valid_and_occur_once(dependencies: list[DependencyDocument], status: Status, registry: str) -> None:
    """For any names and registry, whatever the order of the dependencies."""
    image = replace(managed(), status=status, registry=registry, dependencies=tuple(dependencies))
    found = tags(image)

    assert [tag for tag in found if not is_tag(tag)] == []
    assert len(found) == len(set(found)) <= MOST_BASES + 4
    assert found == tags(replace(image, dependencies=tuple(reversed(dependencies))))


def test_what_the_build_does_not_need_is_left_out_first() -> None:
    """Final stages come first, then other stages, then what the build does not pull; a tag says that there are more."""
    finals = [dependency(f"z-{number:02}") for number in range(MOST_BASES - 2)]
    stages = [dependency(name, DependencyRole.STAGE) for name in ("b", "a", "c")]
    others = [dependency("unused", DependencyRole.UNUSED), dependency("syntax", DependencyRole.SYNTAX)]
    many = tags(replace(managed(), dependencies=(*others, *stages, *finals)))
    all_fit = tags(replace(managed(), dependencies=(*finals, *others)))

    assert many[-4:] == ["on:z-13", "on:a", "on:b", MORE_BASES]
    assert len(many) == MOST_BASES + 4
    assert all_fit[-3:] == ["on:z-13", "on:unused", "on:syntax"]


@pytest.mark.parametrize(
    ("registry", "tag"),
    [
        ("ghcr.io", "registry:ghcr-io"),
        ("us-docker.pkg.dev", "registry:us-docker-pkg-dev"),
        ("localhost:5000", "registry:localhost-5000"),
        ("[::1]:5000", "registry:1-5000"),
        (f"{'a' * 50}.org", f"registry:{'a' * 50}-org"),
        (f"{'a' * 51}.org", f"registry:{'a' * 45}:{HASH}"),
        (f"{'a' * 44}.{'b' * 20}", f"registry:{'a' * 44}:{HASH}"),
    ],
)
def test_the_tag_of_a_registry(registry: str, tag: str) -> None:
    """A host that is too long is cut, and gets a hash so that it is not the tag of another one."""
    assert re.fullmatch(tag, registry_tag(registry))


def test_the_guide_names_the_limit_and_the_tags() -> None:
    """docs/backstage.md says which dependencies have no tag."""
    guide = " ".join((Path(__file__).parents[2] / "docs" / "backstage.md").read_text(encoding="utf-8").split())

    assert f"at most {MOST_BASES}: those of final stages first, then those of other stages" in guide
    assert f"has the tag `{MORE_BASES}`" in guide
    assert f"`{base_tag('node.22')}` for an image named `node.22`" in guide
