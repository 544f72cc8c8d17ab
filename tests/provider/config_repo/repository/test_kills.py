"""Tests of a writer that is killed during a commit: the checkout opens again, and nothing is lost."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import PROJECT, Remote, appending, change, git_in, status
from tests.provider.config_repo.repository.crashing import ACKNOWLEDGED, BATCH, KILLED

COMMANDS = ("ls-tree", "cat-file", "update-index", "write-tree", "commit-tree", "diff-tree", "push", "update-ref")
MOMENTS = ["write", *(f"{when}:{command}" for command in COMMANDS for when in ("before", "after")), "during:push"]
ARRIVED = {"after:push", "during:push", "before:update-ref", "after:update-ref"}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_writer_leaves_all_or_nothing(moment: str, opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """Acknowledged commits stay, the interrupted batch is complete or absent, and the next writer can work."""
    command = [sys.executable, "-m", "tests.provider.config_repo.repository.crashing"]
    arguments = [str(remote.folder), str(tmp_path / "config"), moment]
    killed = subprocess.run([*command, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    # An orphaned git holds the lock until it has ended: only then may its lock files be removed.
    repository = opens(str(remote.folder), lock_seconds=60)
    assert status(tmp_path / "config") == ""
    assert not [*(tmp_path / "config/.git").glob("*.lock")]
    repository.pull()

    whole = f"{ACKNOWLEDGED}\n{KILLED}\n" if moment in ARRIVED else f"{ACKNOWLEDGED}\n"
    assert repository.texts(BATCH) == dict.fromkeys(BATCH, whole)
    assert remote.log()[0] == (KILLED if moment in ARRIVED else ACKNOWLEDGED)
    assert repository.commit([change(path, appending("again")) for path in BATCH], "Again") is not None
    assert {remote.read(path) for path in BATCH} == {f"{whole}again\n"}
    git_in(tmp_path / "config").run("fsck", "--strict", doing="check every object")
