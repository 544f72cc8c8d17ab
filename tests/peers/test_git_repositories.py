"""The bare repositories of tests, which several write to at a time."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.peers.git_repositories import GitRepositories

NAME = "acme/config"


@pytest.fixture
def repositories(tmp_path: Path) -> GitRepositories:
    """One repository with a file."""
    made = GitRepositories(tmp_path)
    made.create(NAME, {"a": "1\n"}, [], "main")
    return made


def test_commits_at_the_same_time_are_all_there(repositories: GitRepositories) -> None:
    """Whoever was slower commits again on top of the others."""

    def write(number: int) -> str:
        return repositories.commit(NAME, {f"f{number}": "text\n"}, message=f"Add {number}")

    with ThreadPoolExecutor(4) as pool:
        commits = list(pool.map(write, range(20)))
    assert len(set(commits)) == 20
    assert set(repositories.files(NAME)) == {"a", *(f"f{number}" for number in range(20))}


def test_a_commit_that_git_refuses_is_not_tried_forever(repositories: GitRepositories) -> None:
    """Only another commit is a reason to try again."""
    with pytest.raises(subprocess.CalledProcessError):
        repositories.commit(NAME, {"": "text\n"})
