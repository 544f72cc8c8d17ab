"""Tests of importing the repositories of an owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.ports import OwnerList, OwnerListKind, OwnerRepository
from tests.provider.tracker.services.tracker_world import TrackerWorld

OWN = OwnerListKind.REPOSITORIES
REPOSITORIES = (
    OwnerRepository("acme/Zoo"),
    OwnerRepository("acme/app", "The app"),
    OwnerRepository("acme/fork", fork=True),
    OwnerRepository("acme/old", archived=True),
    OwnerRepository("acme/both", fork=True, archived=True),
)


def _world(*repositories: OwnerRepository) -> TrackerWorld:
    world = TrackerWorld()
    world.owners.lists["acme", OWN] = OwnerList(repositories)
    return world


def test_tracker_forks_and_archived_repositories_are_left_out_and_counted() -> None:
    """The others are shown by name, with what is tracked already."""
    world = _world(*REPOSITORIES)
    world.tracked("acme/app", "1.0.0")
    found = world.parts.owners.preview(" @acme ", OWN, forks=False, archived=False)
    assert [(each.repository.path, each.tracked) for each in found.candidates] == [
        ("acme/app", True),
        ("acme/Zoo", False),
    ]
    assert (found.forks, found.archived, found.whole) == (2, 1, True)
    assert [each.repository.path for each in found.fresh] == ["acme/Zoo"]


@given(st.booleans(), st.booleans())
def test_everything_is_a_candidate_or_counted(forks: bool, archived: bool) -> None:
    """Whatever is wanted, nothing is lost."""
    found = _world(*REPOSITORIES).parts.owners.preview("acme", OWN, forks=forks, archived=archived)
    assert len(found.candidates) + found.forks + found.archived == len(REPOSITORIES)
    assert all(forks or not each.repository.fork for each in found.candidates)
    assert all(archived or not each.repository.archived for each in found.candidates)


def test_tracker_chosen_repositories_are_added_all_or_none() -> None:
    """What is tracked already stays; a wrong name adds nothing."""
    world = _world(*REPOSITORIES)
    world.tracked("acme/app", "1.0.0")
    refused = world.parts.owners.add(["acme/Zoo", "not a repository"])
    assert [problem.line for problem in refused.problems] == [2]
    assert world.store.counts().repositories == 1

    report = world.parts.owners.add(["acme/app", "acme/Zoo"])
    assert [entry.address.path for _, entry in report.added] == ["acme/Zoo"]
    assert [known.address.path for known, _ in report.duplicates] == ["acme/app"]


@pytest.mark.parametrize(
    "path",
    [
        "acme/Zoo\nhttps://git.example.org/team/app.git",
        "acme/Zoo\r\nghcr.io/acme/base",
        "acme/Zoo # comment",
        "acme/../other",
        "acme/Zoo/issues",
        "acme/Zoo?tab=readme",
        "",
    ],
)
def test_tracker_what_is_chosen_is_a_repository_of_the_list(path: str) -> None:
    """A form can be sent with anything in place of an offered repository; then nothing is added."""
    world = _world(*REPOSITORIES)
    refused = world.parts.owners.add(["acme/app", path])
    assert [problem.line for problem in refused.problems] == [2]
    assert world.store.counts().repositories == 0
