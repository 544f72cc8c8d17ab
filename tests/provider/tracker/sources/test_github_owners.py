"""Tests of the lists of owners at GitHub.

The answers have the fields of GitHub's minimal repository that are read ("List organization repositories").
"""

from collections.abc import Iterator

import pytest

from provider.tracker.ports import OwnerListKind, OwnerRepository
from provider.tracker.sources.github_owners import MOST_PAGES, GitHubOwners
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.scripts import Step, answered
from tests.peers.github.server import GitHub
from tests.proxy.github.sessions import open_session

MISSING = answered(json_answer(404, {"message": "Not Found"}))
OWN, STARRED = OwnerListKind


@pytest.fixture(name="owners")
def made_owners(github: GitHub) -> Iterator[GitHubOwners]:
    """The lists that a session reads."""
    with open_session(github.url) as session:
        yield GitHubOwners(session)


def _entry(path: str, *, fork: bool = False, archived: bool = False) -> dict[str, object]:
    name = path.partition("/")[2]
    return {"id": 1, "name": name, "full_name": path, "description": None, "fork": fork, "archived": archived}


def _page(*paths: str) -> Step:
    return answered(json_answer(200, [_entry(path) for path in paths]))


def test_tracker_the_repositories_of_an_organization_are_read(github: GitHub, owners: GitHubOwners) -> None:
    """With what marks forks and archived ones, over several pages; what has no usable name is left out."""
    full = _page(*(f"acme/app-{number}" for number in range(100)))
    last = [_entry("acme/fork", fork=True), {**_entry("acme/old", archived=True), "description": "Old."}, {"id": 2}]
    github.script("GET /orgs/acme/repos", full, answered(json_answer(200, last)))

    found = owners.read("acme", OWN)
    assert (len(found.repositories), found.whole) == (102, True)
    assert found.repositories[100:] == (
        OwnerRepository("acme/fork", fork=True),
        OwnerRepository("acme/old", "Old.", archived=True),
    )


def test_a_user_has_a_list_of_its_own(github: GitHub, owners: GitHubOwners) -> None:
    """GitHub answers 404 to the address of organizations then."""
    github.script("GET /orgs/mia/repos", MISSING)
    github.script("GET /users/mia/repos", _page("mia/tool"))
    assert owners.read("mia", OWN).repositories == (OwnerRepository("mia/tool"),)


def test_tracker_starred_repositories_are_of_other_owners(github: GitHub, owners: GitHubOwners) -> None:
    """One list has those of all owners."""
    github.script("GET /users/mia/starred", _page("acme/app", "other/tool"))
    assert [each.path for each in owners.read("mia", STARRED).repositories] == ["acme/app", "other/tool"]


def test_a_long_list_is_read_as_far_as_the_limit(github: GitHub, owners: GitHubOwners) -> None:
    """It is not whole then, and no further page is asked for."""
    pages = [_page(*(f"acme/app-{page}-{number}" for number in range(100))) for page in range(MOST_PAGES)]
    github.script("GET /orgs/acme/repos", *pages, _page("acme/never"))
    found = owners.read("acme", OWN)
    assert (len(found.repositories), found.whole) == (100 * MOST_PAGES, False)


@pytest.mark.parametrize("owner", ["", "a/b", "-acme", "acme..", "../orgs", "a" * 90, "acme?x=1", "päul"])
def test_what_is_no_name_is_not_asked(owners: GitHubOwners, owner: str) -> None:
    """No request is sent: nothing is scripted."""
    with pytest.raises(NotFound, match="is not the name of a user or an organization"):
        owners.read(owner, OWN)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_answer(403, {"message": "Resource not accessible by integration"}), Refused),
        (json_answer(200, {"message": "no list"}), Garbage),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure(
    github: GitHub, owners: GitHubOwners, answer: Answer, kind: type[OutsideFailure]
) -> None:
    """It is never an empty list."""
    github.script("GET /orgs/acme/repos", answered(answer))
    with pytest.raises(kind):
        owners.read("acme", OWN)


def test_an_unknown_owner_is_not_found(github: GitHub, owners: GitHubOwners) -> None:
    """Neither as an organization nor as a user."""
    github.script("GET /orgs/nobody/repos", MISSING)
    github.script("GET /users/nobody/repos", MISSING)
    with pytest.raises(NotFound):
        owners.read("nobody", OWN)
