"""The contract of sources of Dockerfiles, over each of them and the fake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from provider.domain.enrollment import Bake, Enrollment, Source
from provider.domain.state import ImageState
from provider.ports import SourceFile, SourceRepository
from provider.services.source_reading.dockerfiles import read_source
from provider.sources.table import SOURCES
from proxy.errors import Never, NoSuchBranch, NoSuchFile, NoSuchRepository, NotFound, Refused, Unavailable
from tests.contracts.source_subjects import SUBJECTS, Subject
from tests.fakes.registry import FakeRegistry
from tests.fakes.sources import FakeSources
from tests.peers.fixtures import peers_installed
from tests.provider.sources.reading import read


@pytest.fixture(params=[*SOURCES, FakeSources], ids=lambda kind: kind.__name__)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """A line of the table with its peer, or the fake."""
    with peers_installed(), SUBJECTS[request.param](tmp_path) as running:
        yield running


def test_a_dockerfile_is_read_as_it_is(subject: Subject) -> None:
    """Every character is read, including the last line break."""
    subject.commit("app/Dockerfile", "FROM debian:12\n# größe\n\n")

    assert read(subject.source, subject.at(), "app/Dockerfile").text == "FROM debian:12\n# größe\n\n"


def test_a_file_is_read_from_its_branch(subject: Subject) -> None:
    """Without a branch, it is read from the default branch."""
    subject.commit("Dockerfile", "FROM debian:12\n")
    subject.commit("Dockerfile", "FROM debian:13\n", branch="develop")

    assert read(subject.source, subject.at()).text == "FROM debian:12\n"
    assert read(subject.source, subject.at("develop")).text == "FROM debian:13\n"


def test_a_change_is_read(subject: Subject) -> None:
    """A second read does not return the old content."""
    subject.commit("Dockerfile", "FROM debian:12\n")
    read(subject.source, subject.at())
    subject.commit("Dockerfile", "FROM debian:13\n")

    assert read(subject.source, subject.at()).text == "FROM debian:13\n"


def test_many_sources_are_read_together(subject: Subject) -> None:
    """Each file is the same as if it were read alone, and so is what is missing, on each branch."""
    subject.commit("Dockerfile", "FROM debian:12\n")
    subject.commit("größe/Dockerfile", "FROM alpine:3 # ü\n", branch="develop")
    wanted = [
        (subject.at(), "Dockerfile"),
        (replace(subject.at("develop"), dockerfiles=("größe/Dockerfile", "none")), "größe/Dockerfile"),
        (replace(subject.at("develop"), dockerfiles=("größe/Dockerfile", "none")), "none"),
        (replace(subject.at(), dockerfiles=("größe",)), "größe"),
        (subject.at("absent"), "Dockerfile"),
        (subject.at(), "Containerfile"),
    ]

    def outcome(reader: SourceRepository, source: Source, path: str) -> str:
        try:
            found = reader.files(source, [path])[path]
        except Never as error:
            found = error
        return found.text if isinstance(found, SourceFile) else f"{type(found).__name__}: {found}"

    alone = [outcome(subject.source, source, path) for source, path in wanted]
    reader = subject.source.together([source for source, _ in wanted])
    assert [outcome(reader, source, path) for source, path in wanted] == alone
    assert alone[:2] == ["FROM debian:12\n", "FROM alpine:3 # ü\n"]


def test_what_is_missing_is_named(subject: Subject) -> None:
    """The message names the file, the branch or the repository."""
    subject.commit("Dockerfile", "FROM debian:12\n")

    with pytest.raises(NotFound, match="app/None"):
        read(subject.source, subject.at(), "app/None")
    with pytest.raises(NotFound, match="no branch absent"):
        read(subject.source, subject.at("absent"))
    with pytest.raises(NotFound, match="acme/nothing"):
        read(subject.source, subject.at(repo="acme/nothing"))


def test_a_transient_failure_is_unavailable(subject: Subject) -> None:
    """A later read may succeed."""
    subject.commit("Dockerfile", "FROM debian:12\n")
    subject.go_down()

    with pytest.raises(Unavailable):
        read(subject.source, subject.at())


def test_a_forbidden_source_is_refused(subject: Subject) -> None:
    """A person must change something."""
    subject.commit("Dockerfile", "FROM debian:12\n")
    subject.refuse()

    with pytest.raises(Refused):
        read(subject.source, subject.at())


def test_several_files_are_read_in_one_call(subject: Subject) -> None:
    """One that is missing hides no other one."""
    subject.commit("api/Dockerfile", "FROM debian:12\n")
    subject.commit("web/Dockerfile", "FROM debian:13\n")

    found = subject.source.files(subject.at(), ["web/Dockerfile", "none", "api/Dockerfile"])

    assert list(found) == ["web/Dockerfile", "none", "api/Dockerfile"]
    assert isinstance(found["none"], NoSuchFile)
    assert [file.text for file in found.values() if isinstance(file, SourceFile)] == [
        "FROM debian:13\n",
        "FROM debian:12\n",
    ]


def test_a_missing_branch_or_repository_is_no_missing_file(subject: Subject) -> None:
    """Another file would not be there either; the class says which of them is missing."""
    subject.commit("Dockerfile", "FROM debian:12\n")

    with pytest.raises(NoSuchBranch):
        read(subject.source, subject.at("absent"))
    with pytest.raises(NoSuchRepository):
        read(subject.source, subject.at(repo="acme/nothing"))


@pytest.mark.parametrize(
    ("files", "keys", "expected"),
    [
        ({"Containerfile": "FROM debian:12\n"}, {}, ["docker.io/library/debian:12"]),
        (
            {"a/Dockerfile": "FROM debian:12\n", "b/Dockerfile": "FROM debian:13\n"},
            {"dockerfiles": ("a/Dockerfile", "b/Dockerfile")},
            ["docker.io/library/debian:12", "docker.io/library/debian:13"],
        ),
        (
            {"docker-bake.hcl": 'target "app" { context = "a" }', "a/Dockerfile": "FROM debian:12\n"},
            {"bake": Bake("docker-bake.hcl", "app")},
            ["docker.io/library/debian:12"],
        ),
        (
            {"Dockerfile": "FROM base\nCOPY --from=src / /\n"},
            {"contexts": {"src": "local", "base": "docker-image://ghcr.io/acme/base:1"}},
            ["ghcr.io/acme/base:1"],
        ),
    ],
)
def test_what_an_image_is_built_from_is_read(
    subject: Subject, files: dict[str, str], keys: dict[str, Any], expected: list[str]
) -> None:
    """A Containerfile, several Dockerfiles, a bake file and contexts, from each kind of source."""
    for path, text in files.items():
        subject.commit(path, text)
    source = replace(subject.at(), **keys)
    image = ImageState(Enrollment("portal", "ghcr.io", "acme/portal", source=source), datetime(2026, 3, 1, tzinfo=UTC))

    found = read_source(subject.source, FakeRegistry(), image, source)

    assert found.problems == ()
    assert [str(reference.image) for _, reference in found.references] == expected
