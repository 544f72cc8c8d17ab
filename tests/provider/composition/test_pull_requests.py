"""A change of an entry becomes a pull request at GitHub, with the parts of a process."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provider.composition.enrolling import enrolling_of
from provider.composition.parts import Parts
from provider.domain.enrolling.change import EntryChange, Requester
from provider.domain.enrollment import Enrollment
from provider.forge_ports import PullRequestState
from provider.services.enrolling.service import ReviewedChange
from tests.peers.fixtures import peers_installed
from tests.peers.git_server import GitServer
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_site import NAME, GitHubSite
from tests.provider.composition.checking import Service

ENTRY = Enrollment("portal", "127.0.0.1:1", "acme/portal")
ADMIN = Requester("boss", is_admin=True)


@pytest.fixture(name="site")
def running_site(tmp_path: Path) -> Iterator[GitHubSite]:
    """A config repository at a site of its own."""
    (tmp_path / "git").mkdir()
    with peers_installed(), ExitStack() as ends:
        github = ends.enter_context(GitHub())
        git = ends.enter_context(GitServer(tmp_path / "git"))
        git.create(NAME, {"images.yaml": "[]\n"})
        github.add_repository(NAME, {"images.yaml": "[]\n"})
        yield ends.enter_context(GitHubSite(github, git))
        assert github.breaches == []


@pytest.fixture(name="parts")
def opened_parts(request: pytest.FixtureRequest, site: GitHubSite, tmp_path: Path) -> Iterator[Parts]:
    """A service with that config repository, and further settings."""
    variables = {
        "CONFIG_REPO": f"{site.url}/{NAME}.git",
        "CONFIG_TOKEN": site.git.write_token,
        "GITHUB_API_URL": site.url,
        "GITHUB_TOKEN": TOKEN,
        "PRIVATE_HOSTS": "127.0.0.1",
        **request.param,
    }
    with Service(tmp_path, variables).parts() as parts:
        yield parts


@pytest.mark.parametrize("parts", [{"ENROLLMENTS": "pull-request"}], indirect=True)
def test_by_the_setting_a_pull_request_is_opened_once_and_followed(parts: Parts, site: GitHubSite) -> None:
    """Its branch is at GitHub before it is opened; the state is GitHub's."""
    enrolling = enrolling_of(parts)

    made = [enrolling.make(EntryChange(None, ENTRY), ADMIN) for _ in range(2)]

    assert all(isinstance(each, ReviewedChange) for each in made)
    (pull,) = site.github.pull_requests(NAME)
    assert (pull.title, pull.base) == ("Enroll portal", "main")
    assert "Requested-by: boss" in pull.body
    assert "- name: portal" in site.git.repositories.read(NAME, "images.yaml", pull.head)
    assert site.git.repositories.read(NAME, "images.yaml") == "[]\n"
    assert [(each.image, each.pull_request.state) for each in enrolling.reviews.all()] == [
        ("portal", PullRequestState.OPEN)
    ]


@pytest.mark.parametrize("parts", [{}], indirect=True)
def test_a_protected_branch_gets_a_pull_request(parts: Parts, site: GitHubSite) -> None:
    """GitHub refuses the push with GH006, so the change is proposed."""
    site.git.repositories.protect(NAME, "main")

    made = enrolling_of(parts).make(EntryChange(None, ENTRY), ADMIN)

    assert isinstance(made, ReviewedChange)
    assert len(site.github.pull_requests(NAME)) == 1


@pytest.mark.parametrize("parts", [{}], indirect=True)
def test_without_a_reason_the_change_is_committed(parts: Parts, site: GitHubSite) -> None:
    """The default."""
    made = enrolling_of(parts).make(EntryChange(None, ENTRY), ADMIN)

    assert not isinstance(made, ReviewedChange)
    assert "- name: portal" in site.git.repositories.read(NAME, "images.yaml")
    assert site.github.pull_requests(NAME) == []
