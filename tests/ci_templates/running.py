"""Runs the script as a CI system does: in each shell, with an engine that records its arguments."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.ci_templates.embedding import SCRIPT
from tests.peers.process import require

IMAGE = "ghcr.io/acme/portal:latest"
PUSHED = "sha256:" + "f" * 64
_SECONDS = 60
_TOOLS = ("awk", "cat", "cut", "head", "mktemp", "od", "rm", "sed", "sha256sum", "tr")
_ENGINE = f"""#!/bin/sh
printf '%s\\0' "$@" >>"$RECORDED"
while [ $# -gt 0 ]; do
    case $1 in
    --metadata-file) printf '{{"a": 1,\\n "containerimage.digest": "{PUSHED}"}}' >"$2" ;;
    --digestfile) printf '{PUSHED}' >"$2" ;;
    --iidfile) printf 'image-id' >"$2" ;;
    esac
    shift
done
exit "${{ENGINE_STATUS:-0}}"
"""


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell with its tools, as one kind of machine has them.

    Attributes:
        command: what runs a script.
        package: the Debian package of the shell.
        awk: the program that `awk` is, and its package.
        busybox: whether all other tools are busybox's too, as in Alpine.
    """

    command: tuple[str, ...]
    package: str
    awk: tuple[str, str]
    busybox: bool = False


SHELLS = {
    "dash": Shell(("dash",), "dash", ("mawk", "mawk")),
    "bash": Shell(("bash",), "bash", ("gawk", "gawk")),
    "busybox": Shell(("busybox", "sh"), "busybox", ("busybox", "busybox"), busybox=True),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: its exit status, what it printed, and the arguments of the engine."""

    status: int
    output: str
    errors: str
    arguments: list[str]

    def values(self, option: str) -> list[str]:
        """The values of an option, in order."""
        return [value for name, value in zip(self.arguments, self.arguments[1:], strict=False) if name == option]

    @property
    def labels(self) -> dict[str, str]:
        """The labels that the engine writes."""
        pairs = (label.partition("=") for label in self.values("--label"))
        return {name: value for name, _, value in pairs}

    @property
    def contexts(self) -> dict[str, str]:
        """The build contexts; the last one of a name counts."""
        pairs = (context.partition("=") for context in self.values("--build-context"))
        return {name: value for name, _, value in pairs}


class Runner:
    """Runs the script in one shell, with a folder of its own."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        """Prepare the tools.

        Raises:
            PeerMissing: the shell or its awk is not installed.
        """
        self.folder = folder
        self._tools = folder / "tools"
        self._tools.mkdir()
        self._recorded = folder / "recorded"
        self._command = [require(shell.command[0], shell.package), *shell.command[1:]]
        for tool in _TOOLS:
            program, package = shell.awk if tool == "awk" else (tool, "coreutils")
            (self._tools / tool).symlink_to(require("busybox" if shell.busybox else program, package))
        for engine in ("docker", "buildah"):
            self.add_tool(engine, _ENGINE)

    def add_tool(self, name: str, script: str) -> None:
        """Put a program on the path."""
        file = self._tools / name
        file.write_text(script)
        file.chmod(0o755)

    def remove_tool(self, name: str) -> None:
        """Take a program off the path."""
        (self._tools / name).unlink()

    def link_tool(self, name: str, package: str) -> None:
        """Put a program of this machine on the path.

        Raises:
            PeerMissing: it is not installed.
        """
        (self._tools / name).symlink_to(require(name, package))

    def build(self, **settings: str) -> Outcome:
        """Run `build` with these variables, named without IMAGE_FACTORY_."""
        return self.run("build", {"IMAGE_FACTORY_IMAGE": IMAGE} | _named(settings))

    def report(self, **settings: str) -> Outcome:
        """Run `report` with these variables, named without IMAGE_FACTORY_."""
        return self.run("report", _named(settings))

    def run(self, command: str, environment: Mapping[str, str]) -> Outcome:
        """Run a command of the script with this environment and nothing else of ours."""
        self._recorded.write_bytes(b"")
        done = subprocess.run(
            [*self._command, str(SCRIPT), command],
            cwd=self.folder,
            env={"PATH": str(self._tools), "RECORDED": str(self._recorded), "TMPDIR": str(self.folder), **environment},
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
        arguments = os.fsdecode(self._recorded.read_bytes()).split("\0")[:-1]
        return Outcome(done.returncode, done.stdout, done.stderr, arguments)


def _named(settings: Mapping[str, str]) -> dict[str, str]:
    return {f"IMAGE_FACTORY_{name.upper()}": value for name, value in settings.items()}
