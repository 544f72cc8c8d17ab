"""A process that the soak starts, kills, suspends and starts again."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.peers.process import PeerFailed, wait_until

_STOP_SECONDS = 40.0
_AGAIN_SECONDS = 0.5
_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Program:
    """What is run.

    Attributes:
        name: for people and for the log's name.
        command: program and arguments.
        folder: for its log.
        environment: all of its environment.
        answers: whether it can be used now.
        user: who runs it; None: whoever runs the soak.
    """

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    answers: Callable[[], bool]
    user: str | None = None

    @property
    def log(self) -> Path:
        """The file with everything that it has printed, over all its starts."""
        return self.folder / f"{self.name}.log"


class Supervised:
    """One program, in a session of its own, so that nothing of it is left at the end."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._child: subprocess.Popen[bytes] | None = None
        self._sessions: list[int] = []

    @property
    def pid(self) -> int:
        """Of the present process; 0 while there is none."""
        return self._child.pid if self._child and self._child.poll() is None else 0

    def start(self) -> None:
        """Start it and wait until it can be used; a program that refuses to start is started again.

        Raises:
            PeerFailed: it cannot be used after two minutes; the message has the end of its log.
        """
        deadline = time.monotonic() + _START_SECONDS
        while True:
            self._begin()
            try:
                left = max(1.0, deadline - time.monotonic())
                wait_until(lambda: not self.pid or self.program.answers(), f"{self.program.name} should answer", left)
            except PeerFailed as late:
                raise PeerFailed(f"{late}\n{self._tail()}") from late
            if self.pid:
                return
            if time.monotonic() > deadline:
                raise PeerFailed(f"{self.program.name} does not stay\n{self._tail()}")
            time.sleep(_AGAIN_SECONDS)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._child:
            self._child.kill()
            self._child.wait()

    def suspend(self) -> None:
        """Stop it where it is (SIGSTOP)."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it as an operator does; whatever it started ends too."""
        if self._child and self._child.poll() is None:
            self._child.send_signal(signal.SIGCONT)
            self._child.terminate()
            try:
                self._child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        for session in self._sessions:
            try:
                os.killpg(session, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue

    def text(self) -> str:
        """Its log."""
        return self.program.log.read_text(encoding="utf-8", errors="replace") if self.program.log.exists() else ""

    def _begin(self) -> None:
        with self.program.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.program.environment),
                user=self.program.user,
                group=self.program.user,
                extra_groups=[] if self.program.user else None,
                start_new_session=True,
            )
        self._sessions.append(self._child.pid)

    def _tail(self) -> str:
        return self.text()[-3000:]
