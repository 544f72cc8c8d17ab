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


@pytest.mark.parametrize(
    ("text", "build_args", "reference", "line"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a", {}, "docker/dockerfile:1", 1),
        ("FROM a", {"BUILDKIT_SYNTAX": "docker/dockerfile:1.9"}, "docker/dockerfile:1.9", 1),
        (
            "# syntax=docker/dockerfile:1\nFROM a",
            {"BUILDKIT_SYNTAX": "docker/dockerfile:1.9"},
            "docker/dockerfile:1.9",
            1,
        ),
        ("# escape=`\n# syntax=x/y\nFROM a", {"BUILDKIT_SYNTAX": "z/dockerfile"}, "z/dockerfile", 2),
        ("FROM a", {"BUILDKIT_SYNTAX": "  x/dockerfile:1 more words  "}, "x/dockerfile:1", 1),
        ("# syntax=docker/dockerfile:1\nFROM a", {"BUILDKIT_SYNTAX": ""}, "docker/dockerfile:1", 1),
        ("ARG BUILDKIT_SYNTAX=x/y\nFROM a", {}, None, None),
        ("FROM a", {"BUILDKIT_SYNTAX": " "}, None, None),
    ],
)
def test_the_first_word_of_the_build_argument_is_the_frontend(
    text: str, build_args: dict[str, str], reference: str | None, line: int | None
) -> None:
    """BuildKit looks at the build argument first, and at the words before the first blank only."""
    found = [each for each in discover(text, build_args=build_args).references if each.kind == "syntax"]

    assert [(each.reference, each.line, each.role, each.platforms) for each in found] == (
        [(reference, line, "syntax", ())] if reference else []
    )


@pytest.mark.parametrize("value", ["Upper", "a:b:c", "https://example.com/x", "{{x}}"])
def test_a_frontend_that_is_no_image_is_refused(value: str) -> None:
    """As BuildKit does."""
    with pytest.raises(DockerfileError, match="line 1: "):
        discover("FROM a", build_args={"BUILDKIT_SYNTAX": value})


@pytest.mark.parametrize(
    ("frontend", "text"),
    [
        ("ghcr.io/project-dalec/dalec/frontend:latest", "name: my-package\nversion: 1.0.0\n"),
        ("acme/yaml-frontend", "services:\n  a: b\n"),
        ("r2d4/mopy", "apiVersion: v1\npython: '3.12'\n"),
        ("tonistiigi/buildkit-pack", "applications:\n- name: x\n"),
        ("acme/frontend@sha256:" + "a" * 64, '{"a": 1}'),
        ("ghcr.io/acme/nix:1", "{ pkgs }: pkgs.hello"),
        ("edrevo/dockerfile-plus", "INCLUDE+ Dockerfile.common\nFROM a"),
        ("acme/frontend", "RUN <<EOF"),
        ("acme/frontend", ""),
    ],
)
def test_a_frontend_that_reads_another_language_is_found_alone(frontend: str, text: str) -> None:
    """The warning says what to do, and that nothing else is known is not hidden."""
    found = discover(f"# syntax={frontend}\n{text}")

    assert [(each.kind, each.reference, each.line) for each in found.references] == [("syntax", frontend, 1)]
    assert not found.complete
    ((line, message),) = [(warning.line, str(warning)) for warning in found.warnings]
    assert line == 1
    assert message.startswith("this frontend is not Docker's, and the file is not read: line ")
    assert message.endswith("; if it is no Dockerfile, list its images under source.baseImages")


@pytest.mark.parametrize(
    "frontend",
    [
        "docker/dockerfile:1",
        "docker/dockerfile-upstream:master",
        "docker.io/docker/dockerfile",
        "mirror.example.com/docker-hub/docker/dockerfile:1",
        "ghcr.io/acme/docker-dockerfile:1.9",
        "registry.example.com:5000/mirror_dockerfile-upstream",
        "tonistiigi/dockerfile:secrets",
        "acme/dockerfile",
    ],
)
def test_a_frontend_for_dockerfiles_excuses_no_error(frontend: str) -> None:
    """Docker's own, mirrors of it and its forks read Dockerfiles."""
    with pytest.raises(DockerfileError, match="line 2: this is a YAML file"):
        discover(f"# syntax={frontend}\nname: x\n")


def test_a_dockerfile_is_read_whatever_its_frontend_is() -> None:
    """Many frontends read Dockerfiles with additions."""
    found = discover("# syntax=acme/frontend\nFROM a\nINCLUDE x\nCOPY --from=b c d")

    assert [each.reference for each in found.references] == ["acme/frontend", "a", "b"]
    assert found.complete
    assert [warning.line for warning in found.warnings] == [3]
