"""Tests of a branch: it moves to exactly the commits that the remote has accepted."""

from pathlib import Path

from provider.config_repo.repository.writing import write_whole
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import Remote, put, status

STATE = "state/images/portal.yaml"


def test_a_push_that_cannot_be_recorded_here_counts(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The caller gets the accepted commit, reading sees it, and the next commit restores the checkout."""
    lock = tmp_path / "config/.git/refs/heads/main.lock"

    def write(path: Path, content: bytes) -> None:
        write_whole(path, content)
        if content == b"first\n":
            lock.touch()

    repository = opens(str(remote.folder), write=write)

    first = repository.commit([put(STATE, "first\n")], "First")
    assert first is not None
    assert (first.sha, repository.read(STATE)) == (remote.head(), "first\n")

    assert repository.commit([put("state/images/b.yaml", "b\n")], "Second") is not None
    assert remote.log()[:2] == ["Second", "First"]
    assert not lock.exists()
    assert status(tmp_path / "config") == ""


def test_a_closed_repository_opens_where_it_was(opens: Opens, remote: Remote) -> None:
    """The head is the same after a restart; a pull brings the newer commits."""
    repository = opens(str(remote.folder))
    repository.commit([put(STATE, "first\n")], "First")
    head = repository.head()
    repository.close()
    newer = remote.push({"images.yaml": "[]\n"})

    again = opens(str(remote.folder))

    assert again.head() == head
    assert again.pull()
    assert again.head() == newer
