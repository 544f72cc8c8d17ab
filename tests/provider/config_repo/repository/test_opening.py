"""Made, cloned, opened again, or refused with what to do."""

import shutil
from pathlib import Path

import pytest

from provider.errors import CheckoutInUse, RepositoryBroken
from provider.git.addresses import InvalidGitAddress
from proxy.errors import Unavailable
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import Remote, put, status

STATE = "state/images/portal.yaml"


def test_without_an_address_a_repository_is_made(opens: Opens, tmp_path: Path) -> None:
    """A bare repository with a first commit that says what to write; a second start finds it again."""
    repository = opens(None)
    assert set(repository.files()) == {"README.md", "images.yaml", "policy.yaml"}
    assert "# - name: portal" in (repository.read("images.yaml") or "")
    assert repository.commit([put(STATE, "a: 1\n")], "x") is not None
    head = repository.head()
    repository.close()

    shutil.rmtree(tmp_path / "config")
    assert opens(None).head() == head
    assert Remote(tmp_path / "config.git").head() == head


def test_an_empty_remote_gets_a_first_commit(opens: Opens, tmp_path: Path) -> None:
    """As a forge makes a new repository."""
    remote = Remote.make(tmp_path / "empty.git", {})

    assert opens(str(remote.folder)).head() == remote.head()
    assert remote.paths() == {"README.md", "images.yaml", "policy.yaml"}


def test_an_empty_remote_that_somebody_fills_first_is_taken_as_it_is(opens: Opens, tmp_path: Path) -> None:
    """Losing the race for the first commit is no error."""
    remote = Remote.make(tmp_path / "empty.git", {})

    def push_in_between(path: Path, content: bytes) -> None:
        path.write_bytes(content)
        if remote.git("for-each-ref") == "":
            remote.push({"images.yaml": "[]\n"})

    repository = opens(str(remote.folder), write=push_in_between)

    assert set(repository.files()) == {"images.yaml"}
    assert status(tmp_path / "config") == ""


def test_a_checkout_opens_without_the_remote(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """A service that starts while the server is away has what it knew; only pulling fails."""
    opens(str(remote.folder)).close()
    remote.folder.rename(tmp_path / "away")

    repository = opens(str(remote.folder))

    assert repository.read(STATE) == "a: 1\n"
    with pytest.raises(RepositoryBroken, match="does not appear to be a git repository"):
        repository.pull()


def test_a_first_start_needs_the_remote_and_can_be_repeated(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """A clone that could not be made leaves nothing in the way of the next try."""
    remote.folder.rename(tmp_path / "away")
    with pytest.raises(RepositoryBroken):
        opens(str(remote.folder))
    (tmp_path / "away").rename(remote.folder)

    assert opens(str(remote.folder)).read(STATE) == "a: 1\n"


def test_leftovers_of_a_crash_are_put_back(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """A stale index lock and half-written files are gone after opening."""
    opens(str(remote.folder)).close()
    (tmp_path / "config/.git/index.lock").write_text("")
    (tmp_path / "config" / STATE).write_text("a:")

    opens(str(remote.folder))

    assert status(tmp_path / "config") == ""


def test_a_second_process_is_refused(opens: Opens, remote: Remote) -> None:
    """Two services in one checkout would undo each other's work."""
    opens(str(remote.folder))

    with pytest.raises(CheckoutInUse, match="IMAGE_FACTORY_CONFIG_CHECKOUT to another folder"):
        opens(str(remote.folder))


def test_a_failed_opening_gives_the_lock_back(opens: Opens, remote: Remote) -> None:
    """Whoever tries again with better settings is not refused by the first try."""
    with pytest.raises(RepositoryBroken):
        opens(str(remote.folder), branch="none")
    opens(str(remote.folder))


def test_a_checkout_of_another_remote_is_refused(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """A changed address does not mix two repositories."""
    other = Remote.make(tmp_path / "other.git", {"images.yaml": "[]\n"})
    opens(str(remote.folder)).close()

    with pytest.raises(RepositoryBroken, match=r"is a checkout of .*remote\.git, not of .*other\.git; move it away"):
        opens(str(other.folder))


def test_a_folder_with_other_files_is_refused(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """Nobody's files are deleted because a setting names their folder."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/thesis.txt").write_text("years of work")

    with pytest.raises(RepositoryBroken, match="contains files and is not a git checkout"):
        opens(str(remote.folder))
    assert (tmp_path / "config/thesis.txt").read_text() == "years of work"


def test_a_missing_branch_is_told_with_those_there_are(opens: Opens, remote: Remote) -> None:
    """A remote with other branches gets no second beginning."""
    with pytest.raises(RepositoryBroken, match=r"no branch 'trunk', only main;.*IMAGE_FACTORY_CONFIG_BRANCH"):
        opens(str(remote.folder), branch="trunk")


def test_an_address_that_git_must_not_have_is_refused(opens: Opens, tmp_path: Path) -> None:
    """Before anything is made."""
    with pytest.raises(InvalidGitAddress):
        opens("ext::sh -c id")
    assert list(tmp_path.iterdir()) == []


def test_inside_a_git_hook_nothing_is_touched(
    opens: Opens, remote: Remote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """GIT_INDEX_FILE and the like would lead git into another repository."""
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "foreign"))

    with pytest.raises(RepositoryBroken, match="GIT_INDEX_FILE would redirect git to another repository; unset it"):
        opens(str(remote.folder))


def test_the_state_branch_starts_with_the_state_there_is(opens: Opens, remote: Remote) -> None:
    """Switching a state branch on later keeps the state; a branch that is there is used as it is."""
    assert opens(str(remote.folder), state_branch="state").read(STATE) == "a: 1\n"
    assert remote.head("state") == remote.head("main")
    remote.push({STATE: "b: 2\n"}, branch="state")

    assert opens(str(remote.folder), "second", state_branch="state").read(STATE) == "b: 2\n"


def test_the_states_work_tree_is_made_again(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """A deleted second work tree comes back; checkouts that were moved together still know each other."""
    opens(str(remote.folder), state_branch="state").close()
    shutil.rmtree(tmp_path / "config-state")
    opens(str(remote.folder), state_branch="state").close()
    assert (tmp_path / "config-state" / STATE).read_text() == "a: 1\n"

    (tmp_path / "moved").mkdir()
    for name in ("config", "config-state"):
        (tmp_path / name).rename(tmp_path / "moved" / name)
    moved = opens(str(remote.folder), "moved/config", state_branch="state")
    assert moved.commit([put(STATE, "b: 2\n")], "x") is not None
    assert status(tmp_path / "moved/config-state") == ""


def test_a_strange_folder_in_the_states_place_is_refused(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """A work tree of a checkout that is gone is not taken for ours."""
    opens(str(remote.folder), state_branch="state").close()
    shutil.rmtree(tmp_path / "config")

    with pytest.raises(RepositoryBroken, match=r"config-state is not a work tree of .*; move it away"):
        opens(str(remote.folder), state_branch="state")


def test_a_remote_that_is_away_is_transient(opens: Opens, server_address: str) -> None:
    """A first start without the server says that trying again may help."""
    with pytest.raises(Unavailable):
        opens(server_address)
