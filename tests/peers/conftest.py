"""Fixtures of the peers' own tests."""

from collections.abc import Iterator

import pytest
from github import Auth, Github
from github.Repository import Repository
from github.Workflow import Workflow

from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME


@pytest.fixture
def portal(github: GitHub) -> Iterator[Repository]:
    """A repository with two workflows, by PyGithub."""
    github.add_repository(NAME, FILES)
    client = Github(
        base_url=github.url,
        auth=Auth.Token(TOKEN),
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        per_page=100,
    )
    with client:
        yield client.get_repo(NAME)


@pytest.fixture
def build(portal: Repository) -> Workflow:
    """The workflow with a dispatch trigger."""
    return portal.get_workflow("build.yml")
