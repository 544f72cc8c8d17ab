"""Git runs in its folder, with a time limit, and its error output has no secrets."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from provider.errors import RepositoryBroken
from provider.git.command import GitCommand
from proxy.deadline import Deadline
from proxy.errors import Refused, Unavailable
from proxy.places import NoPlace, limited_by
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.peers.process import wait_until
from tests.provider.config_repo.repositories import git_in
from tests.proxy.clocks import Clock


def ended(process_id: int) -> bool:
    """Whether the process has ended; it may still be a zombie that its parent does not wait for."""
    try:
        os.kill(process_id, 0)
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


@pytest.fixture
def git(tmp_path: Path) -> GitCommand:
    """Git in an empty repository."""
    git = git_in(tmp_path)
    git.run("init", "-q", "-b", "main", doing="make it")
    return git


def test_a_folder_that_is_gone_is_an_error(git: GitCommand, tmp_path: Path) -> None:
    """Git never uses the current folder instead."""
    gone = replace(git, folder=tmp_path / "gone", git_dir=tmp_path / "gone" / ".git")

    with pytest.raises(RepositoryBroken, match="cannot change to"):
        gone.run("status", doing="read the status")


def test_a_repository_in_a_parent_folder_is_not_used(git: GitCommand, tmp_path: Path) -> None:
    """A folder inside another repository is not a repository itself."""
    inside = tmp_path / "inside"
    inside.mkdir()

    with pytest.raises(RepositoryBroken, match="not a git repository"):
        replace(git, folder=inside, git_dir=inside / ".git").run("status", doing="read the status")


def test_without_a_place_git_asks_no_server(git: GitCommand) -> None:
    """A thread of the web server that may not wait now does not; local commands need no place."""
    with limited_by(lambda: 5):
        git.run("status", doing="read the status")
        with pytest.raises(NoPlace):
            git.ask_remote("ls-remote", "origin")


def test_a_command_that_hangs_is_ended_with_its_children(
    git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git process that exceeds its time limit is ended, with the program that it waits for."""
    child = tmp_path / "child"
    fake = tmp_path / "bin" / "git-hang"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho $$ > {child}.new\nmv {child}.new {child}\nexec sleep 300\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")

    # A busy machine may not have started the child within a second.
    for seconds in (1, 10, 60):
        with pytest.raises(Unavailable, match=rf"git hang did not end within {seconds} seconds"):
            replace(git, network_seconds=seconds).ask_remote("hang")
        if child.exists():
            break

    # Long before its 300 seconds are over.
    wait_until(lambda: ended(int(child.read_text())), "the child should end with git")


@pytest.mark.parametrize("ask", ["ask", "ask_remote"])
def test_all_commands_together_end_by_the_deadline(
    git: GitCommand, ask: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command gets the time that the ones before it left; after the deadline none is started."""
    fake = tmp_path / "bin" / "git-hang"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec sleep 300\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    clock = Clock()
    limited = getattr(replace(git, deadline=Deadline.after(60, clock.monotonic)), ask)
    assert limited("rev-parse", "--git-dir").status == 0

    clock.sleep(59.5)
    with pytest.raises(Unavailable, match=r"git hang did not end within 0\.5 seconds"):
        limited("hang")
    clock.sleep(0.5)
    with pytest.raises(Unavailable, match="git rev-parse was not run: the time for all git commands"):
        limited("rev-parse", "--git-dir")


def test_secrets_are_removed_from_gits_error_output(git: GitCommand) -> None:
    """Git's error output does not contain the token."""
    given = replace(git, redactor=Redactor([Secret("hush-hush")]))
    stderr = given.ask("rev-parse", "--verify", "hush-hush^{commit}", "--", "hush-hush").stderr

    assert "hush" not in stderr
    assert "fatal" in stderr


def test_hooks_of_a_repository_are_not_run(git: GitCommand, tmp_path: Path) -> None:
    """A repository cannot make git run programs."""
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)

    git.run("commit", "-q", "--allow-empty", "-m", "x", doing="commit")

    assert not (tmp_path / "ran").exists()


SECRETS = {
    "IMAGE_FACTORY_GITHUB_TOKEN": "hush-github",
    "IMAGE_FACTORY_SLACK_TOKEN": "hush-slack",
    "IMAGE_FACTORY_DATABASE_URL": "postgresql://me:hush-database@host/name",
    "IMAGE_FACTORY_API_TOKENS": "ci:admin:hush-hush-hush-hush",
    "AWS_SECRET_ACCESS_KEY": "hush-aws",
    "https_proxy": "http://me:hush-proxy@proxy.example.com",
    "odd name%%": "hush-odd",
}


@pytest.mark.parametrize("limit", [None, 1024 * 1024])
def test_no_git_process_gets_a_secret_of_the_service(
    git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    """A program that git starts prints its environment: it has git's variables and none of the service's."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    program = tmp_path / "bin" / "git-shows"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ncat /proc/$PPID/environ /proc/$$/environ\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")

    shown = replace(git, most_bytes=limit).ask_remote("shows").text

    assert "hush" not in shown
    assert "IMAGE_FACTORY_" not in shown
    variables = dict(line.split("=", 1) for line in shown.split("\0") if "=" in line)
    assert variables["SSH_AUTH_SOCK"] == "/run/agent"
    assert variables["GIT_ALLOW_PROTOCOL"] == "file"
    assert variables["HOME"] == os.environ["HOME"]


@pytest.mark.parametrize("where", ["", ">&2"], ids=["output", "errors"])
def test_what_git_prints_has_the_limit_too(
    git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A server that lists branches without end, or sends messages, does not fill the memory."""
    program = tmp_path / "bin" / "git-flood"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nexec yes {where}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    folder = tmp_path / "limited"
    folder.mkdir()

    with pytest.raises(Refused, match="git flood: the repository sends more than 1 MiB"):
        replace(git, folder=folder, git_dir=folder, most_bytes=1024 * 1024).ask_remote("flood")

    assert max(path.stat().st_size for path in folder.iterdir()) == 1024 * 1024
