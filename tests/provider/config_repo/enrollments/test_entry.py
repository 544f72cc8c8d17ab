"""Tests of parsing one entry."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.enrollments.entry import InvalidEntry, load_entry
from provider.domain.enrollment import Bake, Build, Criticality, Document, Enrollment, RebuildOn, Source
from tests.provider.config_repo.entries import documents, entry

GITHUB = {"provider": "github", "repo": "acme/portal"}
GITLAB = {"provider": "gitlab", "repo": "acme/portal"}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda deeper: st.lists(deeper) | st.dictionaries(st.text() | st.sampled_from(["name", "source", "build"]), deeper),
    max_leaves=10,
)


def problems_of(document: object) -> dict[str, str]:
    """All problems, path to message."""
    with pytest.raises(InvalidEntry) as refused:
        load_entry(document)
    return {"/".join(map(str, problem.where)): problem.message for problem in refused.value.problems}


def test_the_documented_entry_is_read() -> None:
    """Every key of the documentation is read into its attribute."""
    source = {
        **GITHUB,
        "branch": "main",
        "dockerfile": "app/Dockerfile",
        "buildArgs": {"NODE": "22"},
        "target": "runtime",
        "workflow": "backstage.yml",
    }
    written = entry(
        "backstage",
        tag="latest",
        source=source,
        rebuildDelay="7d",
        autoRebuild=True,
        rebuildOn="final",
        platforms=["linux/amd64"],
        criticality="high",
        owner="group:default/platform",
        title="Backstage",
        description="The developer portal",
        system="portal",
        lifecycle="production",
    )

    assert load_entry(written) == Enrollment(
        name="backstage",
        registry="ghcr.io",
        repository="acme/backstage",
        source=Source("github", "acme/portal", "main", ("app/Dockerfile",), {"NODE": "22"}, "runtime"),
        build=Build("github-actions", workflow="backstage.yml"),
        rebuild_delay=timedelta(days=7),
        rebuild_on=RebuildOn.FINAL,
        platforms=("linux/amd64",),
        criticality=Criticality.HIGH,
        owner="group:default/platform",
        title="Backstage",
        description="The developer portal",
        system="portal",
        lifecycle="production",
    )


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"source": GITHUB},
        {"source": GITLAB, "build": {"system": "gitlab"}},
        {"source": GITHUB, "build": {"system": "gitlab", "project": "acme/portal", "ref": "main"}},
        {"source": GITHUB, "build": {"system": "webhook", "url": "https://ci.example.org/hook"}},
        {"source": {"provider": "git", "repo": "git@host:a"}, "build": {"system": "webhook", "url": "https://ci.test"}},
        {"source": GITHUB, "build": {"system": "github-actions", "workflow": "b.yml", "ref": "main"}},
    ],
)
def test_other_forms_are_read(more: dict[str, Any]) -> None:
    """An external image has no source, and each build system has its keys."""
    assert load_entry(entry("a", **more)).name == "a"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, Source("github", "acme/portal")),
        ({"dockerfile": "Dockerfile"}, Source("github", "acme/portal", dockerfiles=("Dockerfile",))),
        ({"dockerfile": ["a/Dockerfile", "b/x"]}, Source("github", "acme/portal", dockerfiles=("a/Dockerfile", "b/x"))),
        (
            {"contexts": {"src": "local", "base": "docker-image://ghcr.io/acme/base:1"}},
            Source("github", "acme/portal", contexts={"src": "local", "base": "docker-image://ghcr.io/acme/base:1"}),
        ),
        (
            {"bake": {"file": "docker-bake.hcl", "target": "app"}, "buildArgs": {"TAG": "1"}},
            Source("github", "acme/portal", build_args={"TAG": "1"}, bake=Bake("docker-bake.hcl", "app")),
        ),
        (
            {"baseImages": ["cgr.dev/acme/static:1", "node"]},
            Source("github", "acme/portal", base_images=("cgr.dev/acme/static:1", "node")),
        ),
    ],
)
def test_what_a_build_reads_is_written_as_it_was_read(keys: dict[str, Any], expected: Source) -> None:
    """A path or a list of paths, contexts, a bake file and base images; equal after it was written and read again."""
    read = load_entry(entry("a", source={**GITHUB, **keys}))

    assert read.source == expected
    assert read.to_document()["source"] == {**GITHUB, **keys}
    assert load_entry(read.to_document()) == read


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        ({"rebuildDelay": "7x"}, "rebuildDelay", "'7x' is not a duration; write for example 12h, 7d or 2w"),
        ({"rebuildDealy": "7d"}, "rebuildDealy", "rebuildDealy is not known; did you mean rebuildDelay?"),
        ({"source": {**GITHUB, "dockerfle": "a"}}, "source/dockerfle", "did you mean dockerfile?"),
        ({"name": 12}, "name", "put it in quotes"),
        ({"tag": 1.1}, "tag", "put it in quotes"),
        ({"autoRebuild": "yes"}, "autoRebuild", "true or false"),
        ({"source": None}, "source", "is empty"),
        ({"source": {"repo": "acme/portal"}}, "source/provider", "is missing"),
        ({"source": {**GITHUB, "provider": "svn"}}, "source/provider", "github, gitlab, git"),
        ({"source": {**GITHUB, "repo": "portal"}}, "source/repo", "OWNER/NAME"),
        ({"source": {**GITHUB, "dockerfile": "../x"}}, "source/dockerfile", "leaves the source repository"),
        ({"source": {**GITHUB, "dockerfile": ["a", "../x"]}}, "source/dockerfile/1", "leaves the source repository"),
        ({"source": {**GITHUB, "dockerfile": ["a", 1]}}, "source/dockerfile/1", "must be text; put it in quotes"),
        ({"source": {**GITHUB, "dockerfile": []}}, "source/dockerfile", "is empty"),
        ({"source": {**GITHUB, "dockerfile": 1}}, "source/dockerfile", "must be text, or a list such as [api/"),
        ({"source": {**GITHUB, "dockerfile": {"a": "b"}}}, "source/dockerfile", "must be text, or a list"),
        ({"source": {**GITHUB, "dockerfile": None}}, "source/dockerfile", "is empty"),
        ({"source": {**GITHUB, "dockerfile": ["a", "a"]}}, "source/dockerfile", "names one twice"),
        ({"source": {**GITHUB, "dockerfile": [f"{n}/x" for n in range(51)]}}, "source/dockerfile", "at most 50"),
        ({"source": {**GITHUB, "contexts": {"src": "./src"}}}, "source/contexts/src", "local stands for every folder"),
        (
            {"source": {**GITHUB, "contexts": {"b": "node:22"}}},
            "source/contexts/b",
            "did you mean docker-image://node:22?",
        ),
        (
            {"source": {**GITHUB, "contexts": {"a b": "local"}}},
            "source/contexts/a b",
            "not the name of a build context",
        ),
        ({"source": {**GITHUB, "contexts": ["src"]}}, "source/contexts", "must be a mapping, for example {src: local}"),
        ({"source": {**GITHUB, "bake": "docker-bake.hcl"}}, "source/bake", "must be a mapping"),
        ({"source": {**GITHUB, "bake": {"file": "docker-bake.hcl"}}}, "source/bake/target", "is missing"),
        ({"source": {**GITHUB, "bake": {"file": "a.yml", "target": "b"}}}, "source/bake/file", "ends in .hcl or .json"),
        (
            {"source": {**GITHUB, "bake": {"file": "a.hcl", "target": "b"}, "dockerfile": "Dockerfile"}},
            "source/dockerfile",
            "conflicts with bake",
        ),
        (
            {"source": {**GITHUB, "bake": {"file": "a.hcl", "target": "b"}, "target": "x"}},
            "source/target",
            "conflicts with bake",
        ),
        ({"source": {**GITHUB, "baseImages": "node:22"}}, "source/baseImages", "must be a list, for example [node:22]"),
        ({"source": {**GITHUB, "baseImages": ["Node"]}}, "source/baseImages/0", "is not an image reference"),
        ({"source": {**GITHUB, "baseImages": ["node", "node"]}}, "source/baseImages", "names one twice"),
        ({"source": {**GITHUB, "baseImage": ["node"]}}, "source/baseImage", "did you mean baseImages?"),
        ({"source": {**GITHUB, "buildArgs": {"NODE": 22}}}, "source/buildArgs/NODE", "put it in quotes"),
        ({"source": {**GITHUB, "buildArgs": {"A B": "1"}}}, "source/buildArgs/A B", "not a build argument's name"),
        ({"source": {**GITHUB, "buildArgs": ["A"]}}, "source/buildArgs", "must be a mapping"),
        ({"source": {**GITHUB, "workflow": "a/b.yml"}}, "source/workflow", ".github/workflows"),
        ({"source": {**GITLAB, "workflow": "b.yml"}}, "source/workflow", "write a build instead"),
        ({"build": {"system": "gitlab", "project": "a/b"}}, "build", "needs a source"),
        (
            {"source": {**GITHUB, "workflow": "b.yml"}, "build": {"system": "gitlab", "project": "a/b"}},
            "source/workflow",
            "conflicts with build",
        ),
        ({"source": GITHUB, "build": {"system": "jenkins"}}, "build/system", "github-actions, gitlab, webhook"),
        ({"source": GITHUB, "build": {"system": "github-actions"}}, "build/workflow", "is missing"),
        ({"source": GITHUB, "build": {"system": "webhook"}}, "build/url", "is missing"),
        ({"source": GITHUB, "build": {"system": "gitlab"}}, "build/project", "is missing"),
        (
            {"source": GITHUB, "build": {"system": "webhook", "url": "https://a.test", "ref": "main"}},
            "build/ref",
            "is not for system webhook, which takes url",
        ),
        (
            {"source": GITLAB, "build": {"system": "github-actions", "workflow": "b.yml"}},
            "build/system",
            "provider github",
        ),
        ({"source": {"provider": "git", "repo": "http://host/a"}}, "source/repo", "host is not one"),
        ({"source": GITHUB, "build": {"system": "webhook", "url": "http://host/a"}}, "build/url", "host is not one"),
        ({"platforms": ["linux"]}, "platforms/0", "not a platform"),
        ({"platforms": ["linux/amd64"] * 2}, "platforms", "twice"),
        ({"rebuildOn": "some"}, "rebuildOn", "all, final"),
        ({"criticality": "top"}, "criticality", "low, normal, high"),
        ({"owner": "platform"}, "owner", "group:default/platform"),
    ],
)
def test_each_problem_has_its_path_and_what_to_write(more: Document, path: str, words: str) -> None:
    """One wrong value is one problem, at its field."""
    problems = problems_of({**entry("a"), **more})

    assert problems.keys() == {path}
    assert words in problems[path]


@pytest.mark.parametrize("document", [None, [], "text", 12])
def test_an_entry_that_is_not_a_mapping_is_a_problem(document: object) -> None:
    """The path of the problem is the entry itself."""
    assert problems_of(document) == {"": "must be a mapping of keys to values"}


def test_all_problems_are_reported_at_once() -> None:
    """One load of an entry finds all its problems."""
    written = {"name": "A", "rebuildDelay": "7x", "source": {**GITHUB, "repo": "x", "workflow": "x"}, "nmae": 1}

    assert problems_of(written).keys() == {
        "name",
        "registry",
        "repository",
        "rebuildDelay",
        "source/repo",
        "source/workflow",
        "nmae",
    }


def test_plain_http_is_allowed_for_a_listed_host() -> None:
    """A source at a listed host may have an http address."""
    written = entry("a", source={"provider": "git", "repo": "http://host:3000/a"})

    assert load_entry(written, ["host"]).source == Source("git", "http://host:3000/a")


@given(documents())
def test_what_an_enrollment_writes_is_what_it_was_read_from(document: Document) -> None:
    """The canonical form has the same meaning, and is the canonical form of itself."""
    enrollment = load_entry(document)

    assert load_entry(enrollment.to_document()) == enrollment
    assert load_entry(enrollment.to_document()).to_document() == enrollment.to_document()


@given(ANY_JSON, documents(), st.sampled_from(["name", "registry", "source", "build", "platforms", "rebuildDelay"]))
def test_any_value_is_read_or_refused(value: object, document: Document, key: str) -> None:
    """No value of a file or a request raises another error."""
    for candidate in (value, {**document, key: value}, {**document, "source": {**GITHUB, "buildArgs": value}}):
        with contextlib.suppress(InvalidEntry):
            assert isinstance(load_entry(candidate), Enrollment)
