"""Enrollments as values."""

from datetime import timedelta

import pytest

from provider.domain.enrollment import Bake, Build, Criticality, Enrollment, RebuildOn, Source

FULL = Enrollment(
    name="backstage",
    registry="ghcr.io",
    repository="acme/backstage",
    tag="edge",
    source=Source(
        "github",
        "acme/portal",
        "main",
        ("app/Dockerfile",),
        {"NODE": "22"},
        "runtime",
        {"src": "local"},
        None,
        ("node",),
    ),
    build=Build("gitlab", project="acme/portal", ref="main"),
    rebuild_delay=timedelta(hours=12),
    auto_rebuild=False,
    rebuild_on=RebuildOn.FINAL,
    platforms=("linux/amd64", "linux/arm64"),
    criticality=Criticality.HIGH,
    owner="group:default/platform",
    title="Backstage",
    description="The developer portal",
    system="portal",
    lifecycle="production",
)


def test_every_field_is_written_in_camel_case() -> None:
    """A full enrollment has every documented key, in the documented order."""
    assert list(FULL.to_document().items()) == [
        ("name", "backstage"),
        ("registry", "ghcr.io"),
        ("repository", "acme/backstage"),
        ("tag", "edge"),
        (
            "source",
            {
                "provider": "github",
                "repo": "acme/portal",
                "branch": "main",
                "dockerfile": "app/Dockerfile",
                "buildArgs": {"NODE": "22"},
                "target": "runtime",
                "contexts": {"src": "local"},
                "baseImages": ["node"],
            },
        ),
        ("build", {"system": "gitlab", "project": "acme/portal", "ref": "main"}),
        ("rebuildDelay", "12h"),
        ("autoRebuild", False),
        ("rebuildOn", "final"),
        ("platforms", ["linux/amd64", "linux/arm64"]),
        ("criticality", "high"),
        ("owner", "group:default/platform"),
        ("title", "Backstage"),
        ("description", "The developer portal"),
        ("system", "portal"),
        ("lifecycle", "production"),
    ]


def test_defaults_are_not_written() -> None:
    """The smallest enrollment is three keys."""
    assert Enrollment("a", "ghcr.io", "acme/a").to_document() == {
        "name": "a",
        "registry": "ghcr.io",
        "repository": "acme/a",
    }


@pytest.mark.parametrize(
    ("build", "source_keys", "build_document"),
    [
        (Build("github-actions", workflow="b.yml"), {"workflow": "b.yml"}, None),
        (
            Build("github-actions", workflow="b.yml", ref="main"),
            {},
            {"system": "github-actions", "workflow": "b.yml", "ref": "main"},
        ),
        (Build("webhook", url="https://ci.example.org"), {}, {"system": "webhook", "url": "https://ci.example.org"}),
        (None, {}, None),
    ],
)
def test_a_workflow_alone_is_written_short(
    build: Build | None, source_keys: dict[str, str], build_document: dict[str, str] | None
) -> None:
    """`source.workflow` stands for a build that says nothing more."""
    document = Enrollment("a", "ghcr.io", "acme/a", source=Source("github", "acme/a"), build=build).to_document()

    assert document["source"] == {"provider": "github", "repo": "acme/a", **source_keys}
    assert document.get("build") == build_document


def test_the_reference_is_normalised() -> None:
    """Two ways to write one image are the same reference."""
    assert str(Enrollment("a", "docker.io", "node").reference) == "docker.io/library/node:latest"
    assert Enrollment("a", "docker.io", "library/node").reference == Enrollment("b", "docker.io", "node").reference


def test_equal_enrollments_have_equal_hashes() -> None:
    """Build arguments do not stand in the way of sets."""
    again = Enrollment("a", "ghcr.io", "acme/a", source=Source("github", "acme/a", build_args={"A": "1"}))
    once = Enrollment("a", "ghcr.io", "acme/a", source=Source("github", "acme/a", build_args={"A": "1"}))

    assert {once, again} == {once}


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (Source("git", "https://git.example.org/a.git"), {}),
        (Source("git", "https://git.example.org/a.git", dockerfiles=("a", "b")), {"dockerfile": ["a", "b"]}),
        (
            Source("git", "https://git.example.org/a.git", bake=Bake("docker-bake.hcl", "app")),
            {"bake": {"file": "docker-bake.hcl", "target": "app"}},
        ),
    ],
    ids=["default", "several Dockerfiles", "bake"],
)
def test_what_the_build_reads_is_written_as_in_the_entry(source: Source, written: dict[str, object]) -> None:
    """What the entry leaves out is not written."""
    document = Enrollment("a", "ghcr.io", "acme/a", source=source).to_document()

    assert document["source"] == {"provider": "git", "repo": "https://git.example.org/a.git", **written}
