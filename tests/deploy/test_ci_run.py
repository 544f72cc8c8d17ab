"""The script that lands work: it succeeds if every target has succeeded, and fails if any has failed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "run"
MAKE = """#!/bin/sh
for target; do
    echo "$target" >>"$RAN"
    [ "$target" != "$FAILING" ] || exit 2
done
"""
TARGETS = {
    *("setup", "peers", "check", "test"),
    *("setup-backstage", "test-backstage", "test-image", "test-postgresql"),
}


def run(folder: Path, failing: str = "") -> tuple[int, list[str]]:
    """The status of the script with a make that does nothing but fail at this target, and the targets that it ran."""
    (folder / ".ci").mkdir()
    script = Path(shutil.copy(SCRIPT, folder / ".ci" / "run"))
    programs = folder / "programs"
    programs.mkdir()
    (programs / "make").write_text(MAKE)
    (programs / "make").chmod(0o700)
    environ = {"PATH": f"{programs}:{os.environ['PATH']}", "RAN": str(folder / "ran"), "FAILING": failing}
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
