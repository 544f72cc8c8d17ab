"""The workflow files of the project's host: valid, pinned actions, few permissions, and targets that exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
_PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def schema_problems(file: Path) -> str:
    """What is wrong by the schema of GitHub's workflows, which check-jsonschema contains."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def steps(file: Path) -> list[dict[str, Any]]:
    """The steps of all jobs."""
    return [step for job in yaml.safe_load(file.read_text())["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_workflow_is_valid(file: Path, tmp_path: Path) -> None:
    """By the schema of GitHub, which finds a misspelt key."""
    assert "ok -- validation done" in schema_problems(file)
    broken = tmp_path / file.name
    broken.write_text(file.read_text().replace("timeout-minutes:", "timeout-minuts:", 1))
    assert "timeout-minuts" in schema_problems(broken)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_make_target_exists(file: Path) -> None:
    """A target that was renamed would fail only in a week."""
    made = [target for step in steps(file) for line in re.findall(r"^make (.*)$", step.get("run", ""), re.MULTILINE)
            for target in line.split() if "=" not in target]  # fmt: skip

    assert made
    assert set(made) <= TARGETS


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_actions_are_pinned_and_permissions_are_few(file: Path) -> None:
    """A commit, with its version beside it; only the job that opens a pull request may write."""
    lines = [line for line in file.read_text().splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not _PINNED.fullmatch(line.partition("uses: ")[2])] == []
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {}
    writing = {name for name, job in workflow["jobs"].items() if "write" in job["permissions"].values()}
    assert writing <= {"lock"}
    for name, job in workflow["jobs"].items():
        (checkout,) = [step for step in job["steps"] if "actions/checkout@" in step.get("uses", "")]
        assert name in writing or checkout["with"] == {"persist-credentials": False}
        assert job["timeout-minutes"] <= 90


def test_the_weekly_workflow_does_all_of_it() -> None:
    """Checks, tests, audit, SBOM and newer packages."""
    said = (ROOT / ".github" / "workflows" / "weekly.yml").read_text()

    assert all(f"make {target}" in said for target in ("check", "test", "audit", "sbom", "setup lock"))
