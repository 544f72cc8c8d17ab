"""Named contexts: what takes the place of images and stages."""

import pytest

from provider.domain.dockerfile import DockerfileError, discover

MIRROR = "docker-image://mirror.example.com/node:1"


@pytest.mark.parametrize(
    ("name", "text", "references"),
    [
        ("node", "FROM node", ["mirror.example.com/node:1"]),
        ("node", "FROM docker.io/library/node:latest", ["mirror.example.com/node:1"]),
        ("node:latest", "FROM node", ["mirror.example.com/node:1"]),
        ("docker.io/library/node", "FROM node:latest", ["mirror.example.com/node:1"]),
        ("node", "FROM node:22", ["node:22"]),
        ("node:22", "FROM node:22", ["mirror.example.com/node:1"]),
        ("node:22", "FROM node", ["node"]),
        ("node", "FROM scratch\nCOPY --from=node a b", ["mirror.example.com/node:1"]),
        ("node", "FROM scratch\nRUN --mount=from=node,target=/a b", ["mirror.example.com/node:1"]),
        ("build", "FROM a AS Build\nFROM build", ["mirror.example.com/node:1"]),
        ("No Reference", "FROM node", ["node"]),
        ("scratch", "FROM scratch", []),
        ("context", "FROM a AS context", ["a"]),
        ("scratch", "FROM a AS scratch", ["a"]),
    ],
)
def test_a_context_replaces_the_image_or_stage_of_its_name(name: str, text: str, references: list[str]) -> None:
    """Names are compared in their familiar form, and `latest` is the tag of a name without one."""
    assert [found.reference for found in discover(text, contexts={name: MIRROR}).references] == references


@pytest.mark.parametrize(
    ("value", "references"),
    [
        ("docker-image:mirror/node:1", ["mirror/node:1"]),
        ("docker-image://scratch", []),
        ("local", []),
        ("../src", []),
        ("https://git.example.org/a.git", []),
    ],
)
def test_only_images_of_registries_are_found_in_contexts(value: str, references: list[str]) -> None:
    """Files and repositories are no images."""
    for text in ("FROM node", "FROM scratch\nCOPY --from=node a b", "FROM a AS node"):
        assert [found.reference for found in discover(text, contexts={"node": value}).references] == references


def test_a_context_that_is_no_reference_is_refused_with_the_line_that_uses_it() -> None:
    """Nothing is refused where no line does."""
    contexts = {"node": "docker-image://A B"}

    assert discover("FROM a", contexts=contexts).references
    with pytest.raises(DockerfileError, match=r"line 2: .* is not an image reference"):
        discover("FROM a\nFROM node", contexts=contexts)


def test_the_instructions_of_a_replaced_stage_pull_nothing() -> None:
    """What they would take is shown as unused."""
    found = discover("FROM a AS build\nCOPY --from=tool:1 x y\nFROM build", contexts={"build": MIRROR})

    assert [(each.reference, each.role) for each in found.references] == [
        ("mirror.example.com/node:1", "final"),
        ("tool:1", "unused"),
    ]


@pytest.mark.parametrize(
    ("flag", "platforms"),
    [("", ("linux/arm64",)), ("--platform=linux/s390x ", ("linux/s390x",)), ("--platform=$BUILDPLATFORM ", ())],
)
def test_the_image_that_replaces_a_stage_is_pulled_for_the_platform_of_the_stage(
    flag: str, platforms: tuple[str, ...]
) -> None:
    """The `--platform` of its FROM, or else that of the build."""
    text = f"FROM {flag}a AS build\nFROM scratch\nCOPY --from=build x y"
    (found,) = discover(text, platforms=["linux/arm64"], contexts={"build": MIRROR}).references

    assert (found.reference, found.role, found.platforms) == ("mirror.example.com/node:1", "stage", platforms)
