"""Git is run in its folder, in time, and its words are clean."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from provider.config_repo.git_command import GitCommand
from provider.errors import GitUnavailable, RepositoryBroken
from tests.provider.config_repo.repositories import git_in


@pytest.fixture
def git(tmp_path: Path) -> GitCommand:
    """Git in an empty repository."""
    git = git_in(tmp_path)
    git.run("init", "-q", "-b", "main", doing="make it")
    return git


def test_a_folder_that_is_gone_is_an_error(git: GitCommand, tmp_path: Path) -> None:
    """Git never works in the current folder instead, whatever happens to be there."""
    gone = replace(git, folder=tmp_path / "gone", git_dir=tmp_path / "gone" / ".git")

    with pytest.raises(RepositoryBroken, match="cannot change to"):
        gone.run("status", doing="look")


def test_a_repository_above_is_not_taken(git: GitCommand, tmp_path: Path) -> None:
    """A folder inside another repository, without one of its own, is no repository."""
    inside = tmp_path / "inside"
    inside.mkdir()

    with pytest.raises(RepositoryBroken, match="not a git repository"):
        replace(git, folder=inside, git_dir=inside / ".git").run("status", doing="look")


def test_a_command_that_hangs_is_ended_with_its_children(
    git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git that does not end in time is ended, and so is the program it waits for."""
    child = tmp_path / "child"
    fake = tmp_path / "bin" / "git-hang"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho $$ > {child}\nexec sleep 300\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    started = time.monotonic()

    with pytest.raises(GitUnavailable, match=r"git hang did not end within 1 seconds"):
        replace(git, network_seconds=1).ask_remote("hang")

    assert time.monotonic() - started < 60
    with pytest.raises(ProcessLookupError):
        os.kill(int(child.read_text()), 0)


def test_secrets_are_cut_out_of_gits_words(git: GitCommand) -> None:
    """What git repeats does not repeat the token."""
    words = replace(git, secrets=("s3cret",)).ask("rev-parse", "--verify", "s3cret^{commit}", "--", "s3cret").words

    assert "s3cret" not in words
    assert "fatal" in words


def test_hooks_of_a_repository_are_not_run(git: GitCommand, tmp_path: Path) -> None:
    """A repository from elsewhere brings no programs with it."""
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)

    git.run("commit", "-q", "--allow-empty", "-m", "x", doing="commit")

    assert not (tmp_path / "ran").exists()
