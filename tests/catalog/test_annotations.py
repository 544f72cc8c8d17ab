"""Tests of the annotations that plugins read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.addresses import Sites
from catalog.annotations import annotations, label_value, labels
from catalog.grammar import is_label_value
from catalog.image import DependencyRole, Evidence
from tests.catalog.sample_images import NEW, OLD, RUN, base, dependency, managed, rebuild


def test_all_known_values_are_annotations() -> None:
    """Values are text, times are in UTC with Z, and the source has the format of Backstage's plugins."""
    assert annotations(managed()) == {
        "image-factory.io/registry": "ghcr.io",
        "image-factory.io/repository": "acme/team/backstage",
        "image-factory.io/tag": "latest",
        "image-factory.io/digest": NEW,
        "image-factory.io/previous-digest": OLD,
        "image-factory.io/last-updated": "2026-05-04T06:30:15Z",
        "image-factory.io/last-built": "2026-05-04T06:30:15Z",
        "image-factory.io/rebuild-status": "up-to-date",
        "image-factory.io/rebuild-reason": "all bases are those it was built on",
        "image-factory.io/rebuild-eligible-at": "2026-05-04T06:30:15Z",
        "image-factory.io/last-rebuild-url": RUN,
        "image-factory.io/discovery-status": "success",
        "image-factory.io/enrolled-at": "2026-05-04T06:30:15Z",
        "github.com/project-slug": "acme/portal",
        "github.com/workflows": "backstage.yml",
        "backstage.io/source-location": "url:https://github.com/acme/portal/tree/release/1/app/",
    }


def test_unknown_values_are_left_out() -> None:
    """A base image that was not checked has no digest, times or source."""
    assert annotations(base()) == {
        "image-factory.io/registry": "docker.io",
        "image-factory.io/repository": "library/node",
        "image-factory.io/tag": "22",
        "image-factory.io/rebuild-status": "watched",
        "image-factory.io/rebuild-reason": "not checked yet",
    }


def test_the_final_base_has_its_digest_and_the_evidence() -> None:
    """`built-from` is the whole reference at the digest that the image was built from, not at the newest one."""
    final = replace(dependency("node"), built_on=OLD, evidence=Evidence.LABEL, newest=NEW)
    stage = replace(dependency("golang", DependencyRole.STAGE), built_on=NEW, evidence=Evidence.PASSED)
    found = annotations(replace(managed(), dependencies=(stage, final)))

    assert found["image-factory.io/built-from"] == f"docker.io/library/node:1@{OLD}"
    assert found["image-factory.io/evidence"] == "label"


def test_the_first_final_base_that_is_known_counts() -> None:
    """Of several Dockerfiles, one may have a base that is no reference, or whose digest is not known."""
    known = replace(dependency("node"), built_on=OLD, evidence=Evidence.LABEL)
    later = replace(dependency("golang"), built_on=NEW, evidence=Evidence.PASSED)
    unknown = [replace(dependency("node"), reference="not a reference"), dependency("redis")]
    found = annotations(replace(managed(), dependencies=(*unknown, known, later)))

    assert found["image-factory.io/built-from"] == f"docker.io/library/node:1@{OLD}"


@pytest.mark.parametrize(
    ("reference", "built_from"),
    [
        (f"ghcr.io/acme/base:2@{OLD}", f"ghcr.io/acme/base:2@{OLD}"),
        (f"registry.example.org:5000/base@{NEW}", f"registry.example.org:5000/base@{NEW}"),
        ("node:1", None),
        ("not a reference", None),
    ],
)
def test_a_pinned_base_names_its_digest_and_an_unknown_one_none(reference: str, built_from: str | None) -> None:
    """Without a digest that the image was built from there is no evidence."""
    found = annotations(replace(managed(), dependencies=(replace(dependency("node"), reference=reference),)))

    assert found.get("image-factory.io/built-from") == built_from
    assert "image-factory.io/evidence" not in found


def test_the_workflow_may_be_set_under_build() -> None:
    """`build.workflow` is used if the source has none."""
    source = {"provider": "github", "repo": "acme/portal"}
    image = replace(
        managed(), enrollment={"source": source, "build": {"system": "github-actions", "workflow": "a.yml"}}
    )

    assert annotations(image)["github.com/workflows"] == "a.yml"


def test_a_source_outside_github_has_no_github_annotations() -> None:
    """A git address is only a source location, and an invalid address is none."""
    git = {"source": {"provider": "git", "repo": "https://git.example.org/a.git"}}
    found = annotations(replace(managed(), enrollment=git, last_rebuild=rebuild("ftp://example.org/run")))

    assert found["backstage.io/source-location"] == "url:https://git.example.org/a.git"
    assert not {"github.com/project-slug", "github.com/workflows", "image-factory.io/last-rebuild-url"} & found.keys()


def test_labels_are_what_the_catalog_can_be_filtered_by() -> None:
    """A port is written with '-', because a label must not contain ':'."""
    assert labels(replace(base(), registry="localhost:5000")) == {
        "image-factory.io/registry": "localhost-5000",
        "image-factory.io/role": "base",
        "image-factory.io/status": "watched",
    }


def test_the_image_of_the_final_stage_is_a_label() -> None:
    """Of several Dockerfiles, the first one counts; an image without a final stage has no such label."""
    stage, final = dependency("golang-1", DependencyRole.STAGE), dependency("node-22")
    several = labels(replace(managed(), dependencies=(stage, final, dependency("alpine-3"))))
    none = labels(replace(managed(), dependencies=(stage,)))

    assert several["image-factory.io/final-base"] == "node-22"
    assert "image-factory.io/final-base" not in none


@given(st.text(max_size=100))
def test_a_label_is_always_valid(text: str) -> None:
    """Backstage accepts the label for any registry."""
    assert is_label_value(label_value(text))


@pytest.mark.parametrize(
    ("enrollment", "expected"),
    [
        (
            {"source": {"provider": "github", "repo": "a/b", "workflow": "s.yml"}, "build": {"workflow": "b.yml"}},
            {
                "github.com/project-slug": "a/b",
                "github.com/workflows": "s.yml",
                "backstage.io/source-location": "url:https://github.com/a/b/",
            },
        ),
        ({"source": {"provider": "github", "repo": 7, "workflow": 7}, "build": "b.yml"}, {}),
        ({"source": "a/b", "build": {"workflow": "b.yml"}}, {}),
        (
            {"source": {"provider": "gitlab", "repo": "a/b"}, "build": {"workflow": "b.yml"}},
            {"backstage.io/source-location": "url:https://git.example.org/a/b/"},
        ),
        ({}, {}),
    ],
)
def test_annotations_of_the_source(enrollment: dict[str, object], expected: dict[str, str]) -> None:
    """The workflow of the source is used before that of the build; a value of another type is left out."""
    found = annotations(replace(base(), enrollment=enrollment), Sites(gitlab="https://git.example.org"))

    assert {key: value for key, value in found.items() if not key.startswith("image-factory.io/")} == expected


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a" * 63, "a" * 63),
        ("a" * 64, f"{'a' * 54}-ffe054fe"),
        ("a" * 53 + "-" * 11, "a" * 53),
        ("a" * 53 + "-._b" * 9, f"{'a' * 53}-312f0b11"),
        ("a" * 53 + "X._b" * 9, f"{'a' * 53}X-70187664"),
        ("-_.a_.-b-_.", "a_.-b"),
        ("Xa//:bX", "Xa-bX"),
        (":", ""),
    ],
)
def test_a_label_is_cut_and_has_no_edges(text: str, label: str) -> None:
    """A label has at most 63 characters, and begins and ends with a letter or a digit."""
    assert label_value(text) == label
