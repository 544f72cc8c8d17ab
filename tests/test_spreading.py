"""Tests that share what takes a while to make run in one process."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.spreading import place

ROOT = Path(__file__).parents[1]
PLACES = """
import os
import pytest

@pytest.mark.parametrize("number", range(8))
def test_one(number):
    open(os.path.join(os.environ["PLACES"], f"NAME-{number}-" + os.environ["PYTEST_XDIST_WORKER"]), "w").close()
"""


@pytest.mark.parametrize(
    ("node_id", "expected"),
    [
        ("tests/demo/test_kept.py::test_x", "tests/demo/"),
        ("tests/demo/walk/test_walk.py::test_x[a::b]", "tests/demo/"),
        ("tests/catalog/test_names.py::test_x[tests/demo/]", "tests/catalog/test_names.py"),
    ],
)
def test_a_test_belongs_to_its_file(node_id: str, expected: str) -> None:
    """And one of the demo to the demo."""
    assert place(node_id) == expected


def test_each_file_is_run_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever pytest and xdist make of marks: what is asked is which process ran which test."""
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_xdist_make_scheduler\n", "utf-8")
    for name in ("a", "b", "c", "d"):
        (tmp_path / f"test_{name}.py").write_text(PLACES.replace("NAME", name), "utf-8")
    found = tmp_path / "found"
    found.mkdir()
    monkeypatch.setenv("PLACES", str(found))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for variable in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(variable, raising=False)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", str(tmp_path)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    ran = [each.name.split("-") for each in found.iterdir()]
    assert len(ran) == 4 * 8
    assert len({process for _, _, process in ran}) == 2
    assert len({(name, process) for name, _, process in ran}) == 4
