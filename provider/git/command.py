"""Runs git in one folder with GitPython: with a time limit, a clean environment, and output without secrets."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from git.cmd import Git

from provider.git.environment import kept_from_git
from provider.git.failures import NO_TOKEN, GitLogin, failure_of
from proxy.deadline import Deadline
from proxy.errors import Refused, Unavailable
from proxy.observing.spans import span
from proxy.places import take_place
from proxy.secrets.redactor import Redactor

LOCAL_SECONDS = 300.0
NETWORK_SECONDS = 120.0
_TERMINATION_SECONDS = 5.0
_BLOCK_BYTES = 512
_MEGABYTE = 1024 * 1024
# The limit of POSIX's `ulimit`, in blocks, is for the files of the process that sets it and of all that it starts. So
# what git prints goes into files too: a server decides how much that is.
_LIMITED = ("sh", "-c", 'ulimit -f "$1"; out=$2 err=$3; shift 3; exec "$@" >"$out" 2>"$err"', "sh")
_OUTPUT, _ERRORS = "image-factory-output", "image-factory-errors"


@dataclass(frozen=True, slots=True)
class GitOutput:
    """The result of a git process; `stderr` is its standard error without secrets."""

    status: int
    output: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Standard output as text, without the last line break."""
        return self.output.decode("utf-8", "surrogateescape").rstrip("\n")


@dataclass(frozen=True, slots=True)
class GitCommand:
    """Git in one folder.

    Attributes:
        folder: the work tree, or the bare repository.
        git_dir: the repository, so that git never searches the folders above.
        environment: variables that override those of this process; of the others git gets those that it needs, see
            `kept_from_git`.
        most_bytes: the size of what git may have in the folder; None: no limit. No file becomes larger even for a
            moment.
        login: the token that `environment` has for the server, for error messages.
        redactor: removes secrets from git's output.
        inherited: file descriptors that each git process keeps open: the lock's, so that the lock is held until all git
            processes have ended.
        network_seconds: time limit of one command that connects to the server.
        local_seconds: time limit of one command that does not.
        deadline: of all commands together; None: there is none.
        signs: `environment` has a key with which commits are signed.
    """

    folder: Path
    git_dir: Path
    environment: Mapping[str, str] = field(repr=False)
    login: GitLogin = NO_TOKEN
    redactor: Redactor = field(default=Redactor(()), repr=False)
    inherited: Sequence[int] = ()
    most_bytes: int | None = None
    network_seconds: float = NETWORK_SECONDS
    local_seconds: float = LOCAL_SECONDS
    deadline: Deadline | None = None
    signs: bool = False

    def ask(self, *arguments: str, stdin: bytes = b"") -> GitOutput:
        """Run a local command; the caller checks its exit status.

        Raises:
            Unavailable: it did not end in time.
            Refused: the folder has more than it may have.
        """
        return self._run(arguments, stdin, self.local_seconds)

    def run(self, *arguments: str, stdin: bytes = b"", doing: str) -> str:
        """Run a local command that must succeed, and return its output.

        Raises:
            CheckoutUnwritable: the disk is full, or this process may not write to it.
            RepositoryBroken: git failed for another reason.
            Unavailable: it did not end in time.
        """
        answer = self.ask(*arguments, stdin=stdin)
        if answer.status != 0:
            raise failure_of(doing, answer.stderr, asked_remote=False)
        return answer.text

    def ask_remote(self, *arguments: str) -> GitOutput:
        """Run a command that connects to the server; the caller checks its exit status.

        Raises:
            Unavailable: it did not end in time.
            Refused: the server sends more than the folder may have.
            NoPlace: this thread may not wait for another host now.
        """
        take_place()
        answer = self._run(arguments, b"", self.network_seconds)
        # The report of a push repeats messages of the server.
        return replace(answer, output=self.redactor(answer.text).encode("utf-8", "surrogateescape"))

    def run_remote(self, *arguments: str, doing: str) -> str:
        """Run a command that connects to the server and must succeed, and return its output.

        Raises:
            Refused, Unavailable: a failure of the server; see proxy.errors.
            RepositoryBroken, CheckoutUnwritable: a failure of this machine; see provider.errors.
        """
        answer = self.ask_remote(*arguments)
        if answer.status != 0:
            raise failure_of(doing, answer.stderr, asked_remote=True, login=self.login)
        return answer.text

    def _run(self, arguments: Sequence[str], stdin: bytes, most_seconds: float) -> GitOutput:
        with span(f"git {arguments[0]}") as current:
            answer = self._answer(arguments, stdin, most_seconds)
            current.note("process.exit.code", answer.status)
            return answer

    def _answer(self, arguments: Sequence[str], stdin: bytes, most_seconds: float) -> GitOutput:
        seconds = most_seconds
        if self.deadline is not None:
            if self.deadline.passed:
                raise Unavailable(f"git {arguments[0]} was not run: the time for all git commands of the read is over")
            seconds = min(seconds, self.deadline.left)
        process: Any = Git(self.folder).execute(
            # With -C a missing folder is an error; GitPython alone would run in the current folder instead.
            [*self._prepared(), Git.GIT_PYTHON_GIT_EXECUTABLE, "-C", str(self.folder), *arguments],
            istream=subprocess.PIPE,
            as_process=True,
            env={**self.environment, "GIT_DIR": str(self.git_dir)},
            # A separate process group: git's children end with it, and Ctrl-C for the service does not reach it.
            start_new_session=True,
            pass_fds=tuple(self.inherited),
        )
        try:
            output, stderr = process.communicate(stdin, timeout=seconds)
        except BaseException as error:
            _end_group(process.proc)
            if isinstance(error, subprocess.TimeoutExpired):
                raise Unavailable(f"git {arguments[0]} did not end within {seconds:.3g} seconds") from None
            raise
        if self.most_bytes is not None:
            self._check_size(arguments[0], self.most_bytes)
            both = zip(self._printed, (output, stderr), strict=True)
            output, stderr = (path.read_bytes() if path.exists() else piped for path, piped in both)
        return GitOutput(process.returncode, output, self.redactor(stderr.decode("utf-8", "replace")))

    def _check_size(self, command: str, most_bytes: int) -> None:
        if _bytes_in(self.folder) >= most_bytes:
            raise Refused(
                f"git {command}: the repository sends more than {most_bytes // _MEGABYTE} MiB; let its "
                "server send single files (git config uploadpack.allowFilter true), or name a smaller repository"
            )

    def _prepared(self) -> list[str]:
        """The command that starts git without the variables that are not for it, and with the limit.

        GitPython passes all variables of this process on, so `env` removes them by name; their values are in no
        argument.
        """
        without = [f"--unset={name}" for name in kept_from_git(os.environ)]
        if self.most_bytes is None:
            return ["env", *without]
        blocks, *files = str(self.most_bytes // _BLOCK_BYTES), *map(str, self._printed)
        return [*_LIMITED, blocks, *files, "env", *without]

    @property
    def _printed(self) -> tuple[Path, Path]:
        """The files with git's output and with its error output, where there is a limit."""
        return self.folder / _OUTPUT, self.folder / _ERRORS


def _bytes_in(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """End the process group: first with SIGTERM, because git then removes its lock files."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_TERMINATION_SECONDS)
            return
