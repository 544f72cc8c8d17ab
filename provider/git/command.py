"""Runs git in one folder, by GitPython: bounded in time, in a clean environment, with redacted words."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from git.cmd import Git

from provider.git.failures import failure_of
from proxy.errors import Unavailable
from proxy.secrets.redactor import Redactor

LOCAL_SECONDS = 300.0
NETWORK_SECONDS = 120.0
_TERMINATION_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class GitOutput:
    """What a git process answered; `words` is its standard error without secrets."""

    status: int
    output: bytes
    words: str

    @property
    def text(self) -> str:
        """The output as text, without the last line break."""
        return self.output.decode("utf-8", "surrogateescape").rstrip("\n")


@dataclass(frozen=True, slots=True)
class GitCommand:
    """Git in one folder.

    Attributes:
        folder: where the work tree is, or the bare repository.
        git_dir: the repository, so that git never looks for one in a folder above.
        environment: what is put over this process's environment.
        redactor: cuts secrets out of git's words.
        inherited: file descriptors that each git process keeps open: the lock's, which so is held until all have ended.
        network_seconds: how long one command may speak with the server.
    """

    folder: Path
    git_dir: Path
    environment: Mapping[str, str] = field(repr=False)
    redactor: Redactor = field(default=Redactor(()), repr=False)
    inherited: Sequence[int] = ()
    network_seconds: float = NETWORK_SECONDS

    def ask(self, *arguments: str, stdin: bytes = b"") -> GitOutput:
        """Run a local command; any exit status is an answer.

        Raises:
            Unavailable: it did not end in time.
        """
        return self._run(arguments, stdin, LOCAL_SECONDS)

    def run(self, *arguments: str, stdin: bytes = b"", doing: str) -> str:
        """Run a local command that must succeed, and return its output.

        Raises:
            CheckoutUnwritable: the disk is full or may not be written.
            RepositoryBroken: git failed for another cause.
            Unavailable: it did not end in time.
        """
        answer = self.ask(*arguments, stdin=stdin)
        if answer.status != 0:
            raise failure_of(doing, answer.words, asked_remote=False)
        return answer.text

    def ask_remote(self, *arguments: str) -> GitOutput:
        """Run a command that speaks with the server; any exit status is an answer.

        Raises:
            Unavailable: it did not end in time.
        """
        answer = self._run(arguments, b"", self.network_seconds)
        # A push's report, too, has words of the server.
        return replace(answer, output=self.redactor(answer.text).encode("utf-8", "surrogateescape"))

    def run_remote(self, *arguments: str, doing: str) -> str:
        """Run a command that speaks with the server and must succeed, and return its output.

        Raises:
            Refused, Unavailable: the server; see proxy.errors.
            RepositoryBroken, CheckoutUnwritable: this machine; see provider.errors.
        """
        answer = self.ask_remote(*arguments)
        if answer.status != 0:
            raise failure_of(doing, answer.words, asked_remote=True)
        return answer.text

    def _run(self, arguments: Sequence[str], stdin: bytes, seconds: float) -> GitOutput:
        process: Any = Git(self.folder).execute(
            # With -C a folder that is gone is an error; GitPython alone would run in the current folder instead.
            [Git.GIT_PYTHON_GIT_EXECUTABLE, "-C", str(self.folder), *arguments],
            istream=subprocess.PIPE,
            as_process=True,
            env={**self.environment, "GIT_DIR": str(self.git_dir)},
            # A group of its own: git's children end with it, and a Ctrl-C meant for the service does not reach it.
            start_new_session=True,
            pass_fds=tuple(self.inherited),
        )
        try:
            output, words = process.communicate(stdin, timeout=seconds)
        except BaseException as error:
            _end_group(process.proc)
            if isinstance(error, subprocess.TimeoutExpired):
                late = f"git {arguments[0]} did not end within {seconds:g} seconds; it is tried again"
                raise Unavailable(late) from None
            raise
        return GitOutput(process.returncode, output, self.redactor(words.decode("utf-8", "replace")))


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """End the process group: first kindly, since git then removes its lock files."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_TERMINATION_SECONDS)
            return
