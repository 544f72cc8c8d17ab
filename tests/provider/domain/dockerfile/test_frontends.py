"""The frontend that reads the file, and files in its own language."""

import pytest

from provider.domain.dockerfile import DockerfileError, discover

TOLD = (
    "this frontend is not Docker's, and the file is not read: line 2: {}; if it is no Dockerfile, list its images "
    "under source.baseImages"
)


def test_a_file_for_another_frontend_is_not_complete() -> None:
    """Only the frontend is known, and the warning says what to do."""
    found = discover("# syntax=ghcr.io/acme/tool:1\nprogram x")
    rule = "not allowed before the first FROM; only ARG is"

    assert [(each.reference, each.line, each.role) for each in found.references] == [
        ("ghcr.io/acme/tool:1", 1, "syntax")
    ]
    assert (found.unresolved, found.complete) == ((), False)
    assert [(each.line, each.message, each.quoted) for each in found.warnings] == [
        (1, TOLD.format(f"an unknown instruction is {rule}"), TOLD.format(f"'PROGRAM' is {rule}"))
    ]


@pytest.mark.parametrize(
    "image",
    [
        "docker/dockerfile:1",
        "docker/dockerfile-upstream:master",
        "ghcr.io/mirror/docker-dockerfile",
        "ghcr.io/mirror/docker_dockerfile",
        "dockerfile",
    ],
)
def test_a_copy_of_dockers_frontend_reads_dockerfiles(image: str) -> None:
    """A file that is none is refused."""
    with pytest.raises(DockerfileError, match="line 2: 'PROGRAM' is not allowed before the first FROM"):
        discover(f"# syntax={image}\nprogram x")


def test_a_good_file_for_another_frontend_is_complete() -> None:
    """It reads as a Dockerfile, so its images are known."""
    found = discover("# syntax=ghcr.io/acme/tool:1\nFROM a")

    assert (found.complete, found.warnings) == (True, ())
    assert [each.reference for each in found.references] == ["ghcr.io/acme/tool:1", "a"]


@pytest.mark.parametrize(
    ("value", "references"),
    [("x/y:2", ["x/y:2", "a"]), (" x/y:2 --flag ", ["x/y:2", "a"]), ("", ["docker/dockerfile:1", "a"])],
)
def test_a_build_argument_replaces_the_frontend(value: str, references: list[str]) -> None:
    """What follows a blank is for the frontend; an empty one replaces nothing."""
    found = discover("\n# no directive\nFROM a", build_args={"BUILDKIT_SYNTAX": value or " "})
    replaced = discover("# syntax=docker/dockerfile:1\nFROM a", build_args={"BUILDKIT_SYNTAX": value})

    assert [each.reference for each in replaced.references] == references
    assert [(each.reference, each.line) for each in found.references] == (
        [("x/y:2", 1), ("a", 3)] if value else [("a", 3)]
    )


@pytest.mark.parametrize("text", ["scratch", "oci-layout://x"])
def test_a_frontend_is_an_image(text: str) -> None:
    """Nothing else can read a file."""
    with pytest.raises(DockerfileError, match="line 1: the frontend is not an image reference"):
        discover(f"# syntax={text}\nFROM a")
