"""Tests of restoring a work tree to its last commit after a crash."""

from pathlib import Path

import pytest

from provider.config_repo.repository.leftovers import restore
from tests.provider.config_repo.repositories import Remote, git_in, status


@pytest.fixture
def clone(remote: Remote) -> Path:
    """A work tree of the remote."""
    return remote.folder.with_name("remote.git-clone")


def test_uncommitted_changes_are_removed(clone: Path) -> None:
    """Changed, staged, new, ignored and half-written files are as in the last commit."""
    (clone / "images.yaml").write_text("half")
    (clone / "staged.yaml").write_text("1")
    git_in(clone).run("add", "staged.yaml", doing="add")
    (clone / "state/images/.portal.yaml.12ab.partial").write_text("a:")
    (clone / ".git/info").mkdir(exist_ok=True)
    (clone / ".git/info/exclude").write_text("ignored\n")
    (clone / "ignored").write_text("1")

    restore(git_in(clone), "main")

    assert status(clone) == ""
    assert (clone / "images.yaml").read_text() == "- name: portal\n"


@pytest.mark.parametrize("lock", ["index.lock", "HEAD.lock", "refs/heads/main.lock", "objects/maintenance.lock"])
def test_lock_files_of_a_killed_git_are_removed(clone: Path, lock: str) -> None:
    """Git works again, and nothing of the lock is left."""
    (clone / ".git" / lock).write_text("")

    restore(git_in(clone), "main")

    assert not (clone / ".git" / lock).exists()
    git_in(clone).run("commit", "-q", "--allow-empty", "-m", "x", doing="commit")


def test_an_unfinished_rebase_is_removed(clone: Path) -> None:
    """The branch is where it was before the rebase began."""
    git = git_in(clone)
    (clone / "images.yaml").write_text("ours")
    git.run("commit", "-q", "-a", "-m", "ours", doing="commit")
    ours = git.run("rev-parse", "HEAD", doing="look")
    git.run("branch", "-q", "theirs", "HEAD^", doing="branch")
    git.run("checkout", "-q", "theirs", doing="switch")
    (clone / "images.yaml").write_text("theirs")
    git.run("commit", "-q", "-a", "-m", "theirs", doing="commit")
    git.run("checkout", "-q", "main", doing="switch")
    assert git.ask("rebase", "-q", "theirs").status != 0

    restore(git, "main")

    assert git.run("rev-parse", "HEAD", doing="look") == ours
    assert "rebas" not in git.run("status", doing="look")


def test_a_linked_work_tree_is_restored_too(clone: Path, tmp_path: Path) -> None:
    """The lock of its index is removed from its private git folder."""
    linked = tmp_path / "linked"
    git_in(clone).run("worktree", "add", "-q", "-b", "state", str(linked), doing="link")
    private = clone / ".git/worktrees/linked"
    (private / "index.lock").write_text("")
    (linked / "images.yaml").write_text("half")

    restore(git_in(linked), "state")

    assert status(linked) == ""
