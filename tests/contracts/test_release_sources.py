"""The contract of release sources, over each of them and the fake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.outcomes import UnchangedList as ListUnchanged
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.sources.table import RELEASE_SOURCES
from proxy.errors import NotFound, Refused, Unavailable
from tests.contracts.release_source_subjects import SUBJECTS, Subject
from tests.fakes.release_sources import FakeReleaseSource
from tests.peers.fixtures import peers_installed


@pytest.fixture(params=SUBJECTS)
def subject(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    """A line of the table with its peer, or the fake; a git hook that runs the tests sets GIT_DIR."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    with peers_installed(), SUBJECTS[request.param][1](tmp_path) as running:
        yield running


def found(subject: Subject, memory: str | None = None, known: tuple[str, ...] = ()) -> Found:
    """The result of a poll that must have found a list."""
    outcome = subject.source.poll(
        subject.address(), wanted=WantedVersions(TagForm.SEMVER), memory=memory, known=known, thorough=memory is None
    )
    assert isinstance(outcome, Found)
    return outcome


def test_every_line_of_the_table_is_under_contract() -> None:
    """Every source in the table has a subject, and so has the fake."""
    assert {kind for kind, _ in SUBJECTS.values()} == {*RELEASE_SOURCES, FakeReleaseSource}


def test_tracker_polling_finds_every_release_with_its_hash(subject: Subject) -> None:
    """All published releases are found, each with its hash."""
    hashes = {version: subject.publish(version) for version in ("v1.0.0", "v1.1.0", "v2.0.0-rc.1")}

    assert {release.version: release.hash for release in found(subject).releases} == hashes


def test_tracker_an_unchanged_list_is_reported_as_unchanged(subject: Subject) -> None:
    """After a new release, the complete list is returned again."""
    subject.publish("1.0.0")
    first = found(subject)

    assert (
        subject.source.poll(
            subject.address(), wanted=WantedVersions(TagForm.SEMVER), memory=first.memory, thorough=False
        )
        == ListUnchanged()
    )

    subject.publish("1.1.0")
    second = found(subject, first.memory)
    assert {release.version for release in second.releases} == {"1.0.0", "1.1.0"}
    assert (
        subject.source.poll(
            subject.address(), wanted=WantedVersions(TagForm.SEMVER), memory=second.memory, thorough=False
        )
        == ListUnchanged()
    )


def test_a_memory_is_valid_for_its_own_form_and_source_only(subject: Subject) -> None:
    """Another tag form may match other releases; an invalid memory is ignored."""
    subject.publish("1.0.0")
    memory = found(subject).memory

    assert isinstance(
        subject.source.poll(subject.address(), wanted=WantedVersions(TagForm.PARTIAL), memory=memory), Found
    )
    assert isinstance(
        subject.source.poll(subject.address(), wanted=WantedVersions(TagForm.SEMVER), memory="[]", thorough=False),
        Found,
    )


def test_a_new_release_has_its_hash_beside_known_ones(subject: Subject) -> None:
    """Known releases may have no hash, but are still listed."""
    subject.publish("1.0.0")
    expected = subject.publish("1.1.0")

    releases = {release.version: release for release in found(subject, known=("1.0.0",)).releases}

    assert set(releases) == {"1.0.0", "1.1.0"}
    assert releases["1.1.0"].hash == expected


def test_a_repository_without_releases_has_none(subject: Subject) -> None:
    """An empty list is an answer, and can be unchanged too."""
    nothing = found(subject)

    assert nothing.releases == ()
    assert (
        subject.source.poll(
            subject.address(), wanted=WantedVersions(TagForm.SEMVER), memory=nothing.memory, thorough=False
        )
        == ListUnchanged()
    )


def test_an_unknown_repository_is_named(subject: Subject) -> None:
    """The message has the requested name."""
    with pytest.raises(NotFound, match="acme/nothing"):
        subject.source.poll(subject.address("acme/nothing"), wanted=WantedVersions(TagForm.SEMVER), memory=None)


def test_a_transient_failure_is_unavailable(subject: Subject) -> None:
    """A later poll may succeed."""
    subject.go_down()

    with pytest.raises(Unavailable):
        subject.source.poll(subject.address(), wanted=WantedVersions(TagForm.SEMVER), memory=None)


def test_a_forbidden_repository_is_refused(subject: Subject) -> None:
    """A person must change something."""
    subject.refuse()

    with pytest.raises(Refused):
        subject.source.poll(subject.address(), wanted=WantedVersions(TagForm.SEMVER), memory=None)


@pytest.mark.parametrize(
    ("include", "exclude", "versions"),
    [("^v", "", {"v1.0.0", "v1.1.0"}), ("", r"^v1\.1", {"v1.0.0", "2.0.0"}), ("^v", r"1\.0\.0", {"v1.1.0"})],
)
def test_tracker_only_versions_that_are_wanted_are_found(
    subject: Subject, include: str, exclude: str, versions: set[str]
) -> None:
    """Each source applies both expressions, and another filter makes its memory invalid."""
    for version in ("v1.0.0", "v1.1.0", "2.0.0"):
        subject.publish(version)
    wanted = WantedVersions(TagForm.SEMVER, include=include, exclude=exclude)
    whole = found(subject)

    outcome = subject.source.poll(subject.address(), wanted=wanted, memory=whole.memory, thorough=False)

    assert isinstance(outcome, Found)
    assert {release.version for release in outcome.releases} == versions
    assert (
        subject.source.poll(subject.address(), wanted=wanted, memory=outcome.memory, thorough=False) == ListUnchanged()
    )
