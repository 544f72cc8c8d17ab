"""The process of the web server, beside the worker."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.proc import children, open_files
from tests.provider.commands.test_beside_a_service import Service, environment, service

__all__ = ["environment", "service"]


def _open_files(pid: int, folder: Path) -> set[str]:
    """The names of the files below a folder that a process has open."""
    return {Path(target).name for target in open_files(pid, folder)}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_web_process_inherits_nothing_of_the_workers(service: Service, tmp_path: Path) -> None:
    """It has neither the lock of the checkout, which would remain after a kill, nor a connection to a database."""
    _, process = service
    mine = [_open_files(child, tmp_path / "data") for child in children(process.pid)]

    assert "config.lock" in _open_files(process.pid, tmp_path / "data")
    assert any("image-factory.db" in files for files in mine)
    assert [files for files in mine if {"config.lock", "jobs.db"} & files] == []


# Migrations, the grammar of bake files, and what structlog would colour text with.
SELDOM = {"alembic", "hcl2", "rich"}


@pytest.mark.parametrize(
    ("module", "others"),
    [
        ("provider.commands.serve", {"flask", "granian", "jinja2", *SELDOM}),
        ("provider.commands.serving.web_process", {"dbos", "granian", "psycopg", *SELDOM}),
    ],
)
def test_each_process_has_in_memory_only_what_it_runs(module: str, others: set[str]) -> None:
    """The worker answers no requests, the web server runs no jobs, and neither has what it seldom needs."""
    program = f"import sys, {module}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)

    assert not others & set(found.stdout.split())
