"""Tests of a worker that is killed between decision and answer: one run for one decision, and the state has it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.state import ImageState, RebuildStage
from tests.provider.config_repo.repositories import PROJECT, Remote
from tests.provider.config_repo.repository.steered import SteeredRepository, enrollments_text
from tests.provider.services.killed import MOMENTS, FileBuilds, company
from tests.provider.services.world import HOUR, NODE, enrolled


def prepared(folder: Path) -> Remote:
    """A remote whose state says that node:22 has changed."""
    remote = Remote.make(folder / "remote.git", {"images.yaml": enrollments_text([enrolled("portal")])})
    with SteeredRepository.open(str(remote.folder), checkout=folder / "first") as repository:
        outside = company(GitSnapshotStore(repository), FileBuilds(folder / "runs"), 1)
        outside.round.run()
        outside.move(NODE, "node 1")
        outside.after(HOUR)
    return remote


def run(remote: Remote, folder: Path, *arguments: str) -> int:
    """Run a worker; returns the exit status of its process."""
    command = [sys.executable, "-m", "tests.provider.services.killed", str(remote.folder), str(folder / "config")]
    ended = subprocess.run([*command, str(folder / "runs"), *arguments], cwd=PROJECT, capture_output=True, check=False)
    assert b"Traceback" not in ended.stderr, ended.stderr.decode()
    return ended.returncode


def outcome(remote: Remote, folder: Path) -> tuple[list[str], ImageState]:
    """The runs that were started, and the state of the image in the remote."""
    with SteeredRepository.open(str(remote.folder), checkout=folder / "judge") as repository:
        image = GitSnapshotStore(repository).read().images["portal"]
    runs = folder / "runs"
    return runs.read_text().splitlines() if runs.exists() else [], image


@pytest.mark.parametrize("moment", MOMENTS)
def test_one_decision_is_one_run(moment: str, tmp_path: Path) -> None:
    """The next worker finds a run that was started, and starts one that was not."""
    remote = prepared(tmp_path)
    assert run(remote, tmp_path, moment) == -signal.SIGKILL
    assert run(remote, tmp_path, "never") == 0

    runs, image = outcome(remote, tmp_path)
    (record,) = image.rebuilds
    assert runs == [record.id]
    assert (record.stage, record.run_id, record.sending) == (RebuildStage.DISPATCHED, record.id, False)
    assert record.error is None


@pytest.mark.parametrize(("moment", "started"), [("after-intent", 0), ("after-request", 1)])
def test_without_ids_a_person_decides_and_no_second_run_starts(moment: str, started: int, tmp_path: Path) -> None:
    """It is not known whether the run started, so nothing is sent again."""
    remote = prepared(tmp_path)
    assert run(remote, tmp_path, moment, "hidden") == -signal.SIGKILL
    assert run(remote, tmp_path, "never", "hidden") == 0

    runs, image = outcome(remote, tmp_path)
    (record,) = image.rebuilds
    assert len(runs) == started
    assert record.failed
    assert "outcome unknown" in (record.error or "")
