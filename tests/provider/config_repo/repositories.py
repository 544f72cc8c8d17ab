"""Shared parts of the tests with git: a local remote, a second writer, and the output of git."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provider.config_repo.repository.edits import Change, Edit, replacing
from provider.git.addresses import GitAddress
from provider.git.command import GitCommand
from provider.git.environment import git_environment

LOCAL = GitAddress("/", "file")
PROJECT = Path(__file__).parents[3]


def git_in(folder: Path, git_dir: Path | None = None) -> GitCommand:
    """Git in a local folder, with the environment of the product."""
    environment = git_environment(LOCAL, None, {})
    return GitCommand(folder, git_dir or folder / ".git", environment)


def put(path: str, text: str | None) -> Change:
    """The change that writes a text to the path (None: removes the file)."""
    return Change(path, replacing(text))


def change(path: str, edit: Edit) -> Change:
    """The edit of one file."""
    return Change(path, edit)


def appending(line: str) -> Edit:
    """The edit that adds a line at the end."""
    return lambda text: f"{text or ''}{line}\n"


@dataclass(frozen=True, slots=True)
class Remote:
    """A bare repository, and a person who pushes to it from another clone."""

    folder: Path
    branch: str = "main"
    environment: Mapping[str, str] = field(default_factory=lambda: git_environment(LOCAL, None, {}))

    @classmethod
    def make(cls, folder: Path, files: Mapping[str, str]) -> "Remote":
        """A repository with one commit of these files; without files it is empty."""
        remote = cls(folder)
        folder.mkdir(parents=True)
        remote.git("init", "-q", "--bare", "-b", remote.branch)
        if files:
            remote.push(files)
        return remote

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        """The output of a git command.

        Raises:
            subprocess.CalledProcessError: git failed.
        """
        where = folder or self.folder
        environment = {**os.environ, **self.environment}
        command = ["git", "-C", str(where), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

    def push(self, files: Mapping[str, str | None], message: str = "A person's change", branch: str = "") -> str:
        """Push one commit of these files (None: removed); returns its id."""
        clone = self.folder.with_name(f"{self.folder.name}-clone")
        branch = branch or self.branch
        if not clone.exists():
            self.git("clone", "-q", str(self.folder), str(clone))
        self.git("fetch", "-q", "origin", folder=clone)
        if self.git("ls-remote", "--heads", "origin", branch, folder=clone):
            self.git("checkout", "-q", "-f", "-B", branch, f"origin/{branch}", folder=clone)
        for path, text in files.items():
            file = clone / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True) if text is None else file.write_text(text)
        self.git("add", "-A", folder=clone)
        self.git("commit", "-q", "-m", message, folder=clone)
        self.git("push", "-q", "origin", f"HEAD:refs/heads/{branch}", folder=clone)
        return self.git("rev-parse", "HEAD", folder=clone).strip()

    def hook(self, name: str, script: str) -> None:
        """Install a hook of the bare repository."""
        hook = self.folder / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{script}\n")
        hook.chmod(0o755)

    def read(self, path: str, branch: str = "") -> str:
        """A file's text in the newest commit."""
        return self.git("cat-file", "blob", f"{branch or self.branch}:{path}")

    def paths(self, branch: str = "") -> set[str]:
        """The paths in the newest commit."""
        return set(self.git("ls-tree", "-r", "--name-only", branch or self.branch).splitlines())

    def log(self, branch: str = "") -> list[str]:
        """The subjects, newest first."""
        return self.git("log", "--format=%s", branch or self.branch).splitlines()

    def head(self, branch: str = "") -> str:
        """The newest commit."""
        return self.git("rev-parse", branch or self.branch).strip()


def status(folder: Path) -> str:
    """The output of `git status` in a work tree; "" when it equals its last commit."""
    return git_in(folder).run("status", "--porcelain", "-uall", "--ignored", doing="look")


PROTECTING = """
[ "$1" = refs/heads/main ] || exit 0
echo "error: GH006: Protected branch update failed for $1." >&2
exit 1
"""
"""An `update` hook that protects main, with GitHub's message."""
