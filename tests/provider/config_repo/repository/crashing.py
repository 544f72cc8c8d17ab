"""A writer that is killed: `crashing.py URL CHECKOUT MOMENT` commits once, then dies in the second commit.

Moments: `write`, half-way through writing a file; `before:push`, `after:push`, `during:push` and the same for every
other git command of a commit. During: git goes on alone after its writer has died.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.writing import write_whole
from tests.provider.config_repo.repositories import appending, change, put

BATCH = ("state/images/a.yaml", "state/images/b.yaml", "state/images/portal.yaml")
ACKNOWLEDGED = "acknowledged"
KILLED = "killed"

_KILLING_GIT = """#!/bin/sh
[ "$3" = {command} ] || exec {git} "$@"
case {when} in
before) kill -9 $PPID; exit 1 ;;
during) kill -9 $PPID ;;
esac
{git} "$@"
status=$?
[ {when} = after ] && kill -9 $PPID
exit $status
"""


def main(url: str, checkout: str, moment: str) -> None:
    """Commit a batch, then die in the second one."""
    doomed = False

    def write(path: Path, content: bytes) -> None:
        if doomed and moment == "write" and path.name == "b.yaml":
            path.with_name(f".{path.name}.0.partial").write_bytes(content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        write_whole(path, content)

    repository = ConfigRepository.open(url, checkout=Path(checkout), write=write)
    repository.commit([put(path, f"{ACKNOWLEDGED}\n") for path in BATCH], ACKNOWLEDGED)
    doomed = True
    if moment != "write":
        _kill_at(Path(checkout).with_name("bin"), *moment.split(":"))
    repository.commit([change(path, appending(KILLED)) for path in BATCH], KILLED)


def _kill_at(folder: Path, when: str, command: str) -> None:
    """Install a git before the real one; it kills the process that runs it with this command."""
    folder.mkdir()
    git = folder / "git"
    git.write_text(_KILLING_GIT.format(command=command, when=when, git=shutil.which("git")))
    git.chmod(0o755)
    os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"


if __name__ == "__main__":
    main(*sys.argv[1:])
