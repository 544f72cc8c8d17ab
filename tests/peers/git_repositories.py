"""Bare git repositories in a folder: created, changed and read without a working copy."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.peers.process import require

_WHO = "Peer <peer@example.com>"
_AT = 1_700_000_000
# The words are GitHub's for a protected branch.
_UPDATE_HOOK = """#!/bin/sh
if git config --get-all peer.protected | grep -qxF "$1"; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    exit 1
fi
"""


class GitRepositories:
    """The repositories under one folder, each at OWNER/NAME.git.

    Attributes:
        now: the time of each commit, in seconds since 1970; always the same one unless it is set.
    """

    def __init__(self, root: Path) -> None:
        """Prepare.

        Raises:
            PeerMissing: git is not installed.
        """
        self.root = root
        self.now: Callable[[], float] = lambda: _AT
        self._git = require("git", "git")

    def path(self, owner_name: str) -> Path:
        """The folder of the repository OWNER/NAME."""
        return self.root / f"{owner_name}.git"

    def create(self, owner_name: str, files: Mapping[str, str], tags: Sequence[str], branch: str) -> None:
        """Create a repository with one commit of these files, and tags on it; without files it is empty."""
        path = self.path(owner_name)
        path.mkdir(parents=True)
        self.run(owner_name, "init", "-q", "--bare", "-b", branch)
        for setting in ("http.receivepack", "receive.denyNonFastForwards", "receive.denyDeletes"):
            self.run(owner_name, "config", setting, "true")
        hook = path / "hooks" / "update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(_UPDATE_HOOK)
        hook.chmod(0o755)
        if files:
            self.commit(owner_name, files, message="Start", branch=branch)
        for tag in tags:
            self.run(owner_name, "tag", tag, branch)

    def commit(
        self, owner_name: str, files: Mapping[str, str | None], *, message: str = "Change", branch: str = "main"
    ) -> str:
        """Add a commit to a branch, again if another commit was faster; a file of None is removed.

        Returns:
            The new commit.

        Raises:
            subprocess.CalledProcessError: git failed.
        """
        while True:
            parent = self._tip(owner_name, branch)
            try:
                return self._committed(owner_name, files, message, branch, parent)
            except subprocess.CalledProcessError:
                if self._tip(owner_name, branch) == parent:
                    raise

    def _tip(self, owner_name: str, branch: str) -> str:
        return self.run(owner_name, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def _committed(
        self, owner_name: str, files: Mapping[str, str | None], message: str, branch: str, parent: str
    ) -> str:
        who = f"{_WHO} {int(self.now())} +0000"
        stream = [f"commit refs/heads/{branch}\nmark :1\ncommitter {who}\n".encode(), _counted(message)]
        if parent:
            stream.append(f"from {parent}\n".encode())
        for path, text in files.items():
            stream.append(f"D {path}\n".encode() if text is None else f"M 100644 inline {path}\n".encode())
            stream.append(b"" if text is None else _counted(text))
        # Not the branch's, which may be somebody else's commit already.
        stream.append(b"\nget-mark :1\n")
        return self.run(owner_name, "fast-import", "--quiet", feed=b"".join(stream))

    def read(self, owner_name: str, path: str, ref: str = "main") -> str:
        """A file's text.

        Raises:
            FileNotFoundError: it is not there.
        """
        try:
            return self.run(owner_name, "cat-file", "blob", f"{ref}:{path}", strip=False)
        except subprocess.CalledProcessError as error:
            raise FileNotFoundError(f"{owner_name}: no {path} at {ref}") from error

    def files(self, owner_name: str, ref: str = "main") -> list[str]:
        """The paths of every file."""
        return self.run(owner_name, "ls-tree", "-r", "--name-only", ref).splitlines()

    def messages(self, owner_name: str, ref: str = "main") -> list[str]:
        """The complete messages of the commits, newest first."""
        log = self.run(owner_name, "log", "-z", "--format=%B", ref)
        return [message.strip() for message in log.split("\0") if message.strip()]

    def protect(self, owner_name: str, branch: str) -> None:
        """Refuse every push to a branch, in GitHub's words."""
        self.run(owner_name, "config", "--add", "peer.protected", f"refs/heads/{branch}")

    def run(self, owner_name: str, *arguments: str, feed: bytes = b"", strip: bool = True) -> str:
        """The output of a git command in the bare repository.

        Raises:
            subprocess.CalledProcessError: git failed.
        """
        command = [self._git, "-C", str(self.path(owner_name)), *arguments]
        done = subprocess.run(command, input=feed, check=True, capture_output=True, env=self.environment())
        printed = done.stdout.decode()
        return printed.strip() if strip else printed

    def environment(self) -> dict[str, str]:
        """An environment without the git configuration of the machine or the user."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "LC_ALL": "C.UTF-8",
        }


def _counted(text: str) -> bytes:
    """Text in the form of git fast-import, with its length before it."""
    content = text.encode()
    return b"data %d\n%s\n" % (len(content), content)
