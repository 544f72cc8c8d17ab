"""Tests with a disk that is really full: the kernel raises the error."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.provider.config_repo.repositories import PROJECT, Remote

_OVERFILLING = [sys.executable, "-m", "tests.provider.config_repo.repository.overfilling"]
# In a separate mount namespace, which ends with the process.
_SMALL_FILE_SYSTEM = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
_MOUNT = 'mount -t tmpfs -o size=3m tmpfs "$0"'
_SIZE_LIMIT = "1000000"


def _overfill(folder: Path, remote: Remote, characters: int) -> list[str]:
    """The command that overfills a small file system or, where mounting is not allowed, exceeds a file size limit."""
    arguments = [*_OVERFILLING, str(remote.folder), str(folder / "config"), str(characters)]
    permitted = subprocess.run([*_SMALL_FILE_SYSTEM, _MOUNT, str(folder)], capture_output=True, check=False)
    if permitted.returncode == 0:
        return [*_SMALL_FILE_SYSTEM, f'{_MOUNT} && exec "$@"', str(folder), *arguments]
    return [*arguments, _SIZE_LIMIT]


def _assert_all_restored(command: list[str], remote: Remote) -> None:
    """Nothing of the batch is in the checkout or the remote, the error says why, and a smaller commit works."""
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert "No space left on device" in told["failure"] or "File too large" in told["failure"]
    assert told["after failure"] == ""
    assert told["then committed"]
    assert remote.log() == ["Small", "A person's change"]
    assert remote.paths() == {"images.yaml", "state/images/portal.yaml"}


@pytest.mark.parametrize(
    "characters",
    [
        pytest.param(8_000_000, id="no room for the file"),
        pytest.param(2_400_000, id="room for the file, none for git's object"),
    ],
)
def test_a_full_disk_leaves_nothing_half_written(characters: int, remote: Remote, tmp_path: Path) -> None:
    """Everything is restored when the file or the git object does not fit."""
    folder = tmp_path / "small"
    folder.mkdir()

    _assert_all_restored(_overfill(folder, remote, characters), remote)


def test_a_file_above_the_systems_limit_leaves_nothing_half_written(remote: Remote, tmp_path: Path) -> None:
    """A write that the kernel stops half-way is restored too."""
    command = [*_OVERFILLING, str(remote.folder), str(tmp_path / "config"), "8000000", _SIZE_LIMIT]

    _assert_all_restored(command, remote)
