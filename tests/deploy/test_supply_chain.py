"""`make audit` and `make sbom`: what they say, and that nothing unknown passes for good."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = ("echo 'No known vulnerabilities found'", 0)
FOUND = ("printf 'Found 1 known vulnerability in 1 package\\nName ID\\nflask PYSEC-1\\n'; exit 1", 1)
# What pip-audit 2.10.1 and npm 10 say where they reach a mirror that has only packages.
NOT_ASKED = (
    "echo 'ERROR:pip_audit._cli:flask: Dependency not found on PyPI and could not be audited: flask' >&2; exit 1",
    2,
)
NPM_GOOD, NPM_FOUND = "echo 'found 0 vulnerabilities'", "echo '3 vulnerabilities (1 low, 2 high)'; exit 1"
NPM_NOT_ASKED = "echo 'npm error audit endpoint returned an error' >&2; exit 1"


def program(file: Path, script: str) -> Path:
    """A program that does this."""
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("pip_audit", "npm", "status"),
    [
        (GOOD, NPM_GOOD, 0),
        (FOUND, NPM_GOOD, 1),
        (GOOD, NPM_FOUND, 1),
        (NOT_ASKED, NPM_GOOD, 2),
        (GOOD, NPM_NOT_ASKED, 2),
        (FOUND, NPM_NOT_ASKED, 2),
    ],
)
def test_an_audit_that_could_not_ask_fails(pip_audit: tuple[str, int], npm: str, status: int, tmp_path: Path) -> None:
    """With a status of its own, and where to run it; a vulnerability is shown in any case."""
    tools = [str(program(tmp_path / name, script)) for name, script in (("pip-audit", pip_audit[0]), ("npm", npm))]

    ran = subprocess.run(["bash", "scripts/audit.sh", *tools], cwd=ROOT, check=False, capture_output=True, text=True)

    assert ran.returncode == status
    assert ("flask PYSEC-1" in ran.stdout) is (pip_audit is FOUND)
    assert ("NOT AUDITED" in ran.stdout) is (status == 2)
    assert ("Run make audit where the package indexes of Python and npm" in ran.stderr) is (status == 2)
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert f"requirements/{lock.name}: " in ran.stdout


def test_every_lock_is_audited_strictly(tmp_path: Path) -> None:
    """pip-audit gets --strict and the hashes, and installs nothing."""
    noting = program(tmp_path / "pip-audit", f'echo "$@" >> {tmp_path}/calls')
    npm = program(tmp_path / "npm", NPM_GOOD)

    subprocess.run(["bash", "scripts/audit.sh", str(noting), str(npm)], cwd=ROOT, check=True, capture_output=True)

    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) == len(list((ROOT / "requirements").glob("*.lock")))
    assert all({"--strict", "--disable-pip", "--require-hashes"} <= set(call.split()) for call in calls)


def test_without_an_image_there_is_no_sbom(tmp_path: Path) -> None:
    """It says how to make the image."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "sbom.sh").write_text((ROOT / "scripts" / "sbom.sh").read_text())

    ran = subprocess.run(
        ["bash", "scripts/sbom.sh", "syft"], cwd=tmp_path, check=False, capture_output=True, text=True, env=os.environ
    )

    assert ran.returncode == 1
    assert "run make test-image, or make sbom SOURCE=docker-archive:FILE" in ran.stderr
