"""The contract of sources of Dockerfiles, over each of them and the fake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.sources.table import SOURCES
from proxy.errors import NotFound, Refused, Unavailable
from tests.contracts.source_subjects import SUBJECTS, Subject
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
