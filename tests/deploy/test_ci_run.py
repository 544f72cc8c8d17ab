"""The script that lands work: it succeeds if every target has succeeded, and fails if any has failed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.peers.process import wait_until

SCRIPT = Path(__file__).parents[2] / ".ci" / "run"
MAKE = """#!/bin/sh
for target; do
    echo "$target" >>"$RAN"
    if [ "$target" = "$FAILING" ]; then
        while [ -n "$HANGING" ] && [ ! -s "$RAN.hanging" ]; do sleep 0.05; done
        exit 2
    fi
    [ "$target" != "$HANGING" ] || { echo $$ >"$RAN.hanging"; exec tail -f /dev/null; }
done
"""
TARGETS = {
    *("setup", "peers", "check", "test"),
    *("setup-backstage", "test-backstage", "test-image", "test-postgresql"),
}


def run(folder: Path, failing: str = "", hanging: str = "") -> tuple[int, list[str]]:
    """The status of the script with a make that fails at one target and never ends at another, and what it ran."""
    (folder / ".ci").mkdir()
    script = Path(shutil.copy(SCRIPT, folder / ".ci" / "run"))
    programs = folder / "programs"
    programs.mkdir()
    (programs / "make").write_text(MAKE)
    (programs / "make").chmod(0o700)
    environ = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "RAN": str(folder / "ran"),
        "FAILING": failing,
        "HANGING": hanging,
    }
    ended = subprocess.run(["bash", str(script)], env=environ, check=False, capture_output=True, timeout=60)
    return ended.returncode, (folder / "ran").read_text().split()


def test_it_succeeds_if_every_target_has(tmp_path: Path) -> None:
    """Each target runs once."""
    status, ran = run(tmp_path)
    assert status == 0
    assert sorted(ran) == sorted(TARGETS)


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_it_fails_if_one_target_has(target: str, tmp_path: Path) -> None:
    """Also one that runs beside the others."""
    status, _ = run(tmp_path, target)
    assert status != 0


def test_what_still_runs_is_ended(tmp_path: Path) -> None:
    """A check that fails while Backstage is installed leaves no process behind."""
    status, _ = run(tmp_path, failing="check", hanging="setup-backstage")
    assert status != 0
    hanging = int((tmp_path / "ran.hanging").read_text())
    wait_until(lambda: not is_running(hanging), "the target to end")


def is_running(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
