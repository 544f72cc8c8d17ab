"""The labels name the base of the stage that is built, as the product itself reads the Dockerfile."""

import json
from pathlib import Path

import pytest

from catalog.image import DependencyRole
from catalog.reference import Digest
from provider.domain.dockerfile import discover
from provider.domain.state import Target
from provider.services.image_clues import BASE_LABEL
from provider.services.source_reading.dockerfiles import BASE_NAME_LABEL
from tests.ci_templates.running import Outcome, Runner

NODE, BASE, OTHER = (Digest("sha256:" + letter * 64) for letter in "abc")
PASSED = {"docker.io/library/node:22": NODE, "ghcr.io/acme/base:1": BASE, "docker.io/library/debian:12": OTHER}

FILES = {
    "one stage": "FROM node:22\n",
    "the last of several": "FROM debian:12 AS a\nFROM node:22\n",
    "through other stages": "FROM ghcr.io/acme/base:1 AS Base\nFROM base AS mid\nFROM debian:12 AS tools\nFROM mid\n",
    "lower case and blanks": "  from   node:22   as  x  \nRUN true\nfrom x\n",
    "a variable": "ARG V=22\nFROM node:${V}\n",
    "a variable with a default": "FROM node:${V:-22}\n",
    "a platform": "FROM --platform=$BUILDPLATFORM debian:12 AS a\nFROM --platform=linux/amd64 node:22\n",
    "continued lines": "FROM \\\n  # a comment\n\n  node:22 \\\n  AS x\n",
    "windows line ends": "FROM debian:12 AS a\r\nFROM node:22\r\n",
    "a heredoc that looks like a stage": "FROM node:22\nRUN <<EOF\nFROM debian:12\nEOF\n",
    "a heredoc in quotes": "FROM node:22\nCOPY <<'EOF' /x\nFROM debian:12\nEOF\n",
    "a heredoc with tabs": "FROM node:22\nRUN <<-EOF\n\tFROM debian:12\n\tEOF\n",
    "two heredocs": "FROM node:22\nRUN a <<A b <<B\nFROM debian:12\nA\nFROM debian:12\nB\nRUN c\n",
    "a heredoc before the last stage": "FROM debian:12 AS a\nRUN <<EOF\nFROM x\nEOF\nFROM node:22\n",
    "a shift is no heredoc": "FROM debian:12 AS a\nRUN echo $((1<<2)) <<<x\nFROM node:22\n",
    "another escape": "# escape=`\nFROM debian:12 AS a\nRUN dir C:\\\nFROM `\nnode:22\n",
    "a comment is no directive": "# a comment\n# escape=`\nFROM debian:12 AS a\nRUN a \\\nFROM x\nFROM node:22\n",
    "copied and mounted images": "FROM node:22\nCOPY --from=debian:12 / /\nRUN --mount=from=ghcr.io/acme/base:1 a\n",
    "a stage named like an image": "FROM debian:12 AS node\nFROM node\n",
    "an image named like a later stage": "FROM node:22 AS a\nFROM debian:12 AS b\nFROM a\n",
}


def _passed(text: str, target: str = "") -> str:
    """What the product passes for the Dockerfile."""
    found = discover(text, build_args={}, target=target or None)
    targets = [
        Target("n", each.written, each.image, PASSED[str(each.image.tagged)], cause=True)
        for each in found.references
        if str(each.image.tagged) in PASSED
    ]
    return json.dumps([each.document() for each in targets])


def _expected(text: str, target: str = "") -> dict[str, str]:
    found = discover(text, build_args={}, target=target or None)
    (final,) = {str(each.image.tagged) for each in found.references if each.role is DependencyRole.FINAL}
    return {BASE_NAME_LABEL: final, BASE_LABEL: PASSED[final]}


def _build(runner: Runner, text: str, base_images: str, target: str = "") -> Outcome:
    (runner.folder / "Dockerfile").write_bytes(text.encode())
    done = runner.build(base_images=base_images, target=target)
    assert done.status == 0
    return done


@pytest.mark.parametrize("case", FILES)
def test_the_labels_are_those_of_the_final_base(runner: Runner, case: str) -> None:
    """The script and the product agree which image that is."""
    text = FILES[case]

    assert _build(runner, text, _passed(text)).labels == _expected(text)


@pytest.mark.parametrize("target", ["a", "A", "b"])
def test_a_target_has_its_own_base(runner: Runner, target: str) -> None:
    """By its name in any case."""
    text = "FROM debian:12 AS a\nFROM node:22 AS b\nFROM ghcr.io/acme/base:1\n"

    assert _build(runner, text, _passed(text, target), target).labels == _expected(text, target)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("node:22", "docker.io/library/node:22"),
        ("acme/node", "docker.io/acme/node"),
        ("ghcr.io/acme/base:1", "ghcr.io/acme/base:1"),
        ("localhost/x:1", "localhost/x:1"),
        ("127.0.0.1:5000/x", "127.0.0.1:5000/x"),
    ],
)
def test_a_base_that_the_dockerfile_pins_is_named_too(runner: Runner, written: str, name: str) -> None:
    """It is not passed, because a build changes nothing about it."""
    done = _build(runner, f"FROM {written}@{NODE}\n", "[]")

    assert done.labels == {BASE_NAME_LABEL: name, BASE_LABEL: NODE}


@pytest.mark.parametrize(
    "text",
    [
        "FROM scratch\n",
        "FROM redis:7\n",
        "FROM ${X}\n",
        f"FROM ${{X}}@{NODE}\n",
        "FROM node:22\nRUN <<EOF\nFROM debian:12\n",
        "FROM node:22\nRUN a \\\n",
        "",
        "RUN true\n",
        "FROM\n",
    ],
)
def test_no_label_is_written_where_the_base_is_not_certain(runner: Runner, text: str) -> None:
    """A wrong label is worse than none."""
    assert _build(runner, text, _passed("FROM node:22\nCOPY --from=debian:12 / /\n")).labels == {}


def test_no_label_is_written_where_one_text_means_two_images(runner: Runner) -> None:
    """As a variable of the platform does."""
    document = json.loads(_passed("FROM node:22\n"))
    both = json.dumps([document[0] | {"written": "$X"}, document[0] | {"written": "$X", "reference": "ghcr.io/a/b"}])

    assert _build(runner, "FROM $X\n", both).labels == {}


def test_an_unknown_target_has_no_label(runner: Runner) -> None:
    """The engine explains what is wrong."""
    assert _build(runner, "FROM node:22 AS a\n", _passed("FROM node:22\n"), "b").labels == {}


def test_without_a_dockerfile_the_containerfile_is_read(runner: Runner) -> None:
    """As the service does it."""
    (runner.folder / "Containerfile").write_text("FROM node:22\n")
    done = runner.build(base_images=_passed("FROM node:22\n"))

    assert done.values("--file") == ["./Containerfile"]
    assert done.labels == _expected("FROM node:22\n")


def test_the_dockerfile_may_be_elsewhere(runner: Runner, tmp_path: Path) -> None:
    """Outside the context, with a blank in its name."""
    (tmp_path / "my files").mkdir()
    (tmp_path / "my files" / "app.Dockerfile").write_text("FROM node:22\n")
    done = runner.build(dockerfile="my files/app.Dockerfile", base_images=_passed("FROM node:22\n"), context="my files")

    assert done.labels == _expected("FROM node:22\n")
