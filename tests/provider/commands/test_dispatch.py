"""A command imports only what it needs, so that it starts fast."""

import json
import os
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from provider.__main__ import main
from provider.commands import readers

ROOT = Path(__file__).parents[3]
WEB = {"flask", "flask_smorest", "granian", "jinja2", "webargs", "werkzeug", "wtforms"}
DATABASE = {"alembic", "psycopg", "sqlalchemy"}
OUTSIDE = {"git", "github", "requests", "slack_sdk", "urllib3", "cryptography", "jwt", "sigstore", "pydantic"}
JOBS = {"dbos"}
FILES = {"docker_image", "environs", "marshmallow", "ruamel", "yaml"}
OFFLINE = WEB | DATABASE | OUTSIDE | JOBS

# In the child, because this process has imported everything. What the command prints goes to standard error.
PROGRAM = """
import contextlib, json, sys
from provider.__main__ import main
with contextlib.redirect_stdout(sys.stderr):
    try:
        status = main()
    except SystemExit as end:
        status = end.code
json.dump([status, sorted({name.partition(".")[0] for name in sys.modules})], sys.stdout)
"""


@pytest.mark.parametrize(
    ("arguments", "status", "forbidden"),
    [
        (["--help"], 0, OFFLINE | FILES),
        (["--version"], 0, OFFLINE | FILES),
        ([], 2, OFFLINE | FILES),
        (["bake"], 2, OFFLINE | FILES),
        (["check", "--help"], 0, OFFLINE | FILES),
        (["discover", "Dockerfile"], 0, OFFLINE | {"environs", "marshmallow", "ruamel", "yaml"}),
        (["validate", "."], 0, OFFLINE | {"environs"}),
        (["status"], 0, WEB | JOBS | {"git", "github", "requests", "slack_sdk"}),
        (["status", "--format", "json"], 0, WEB | JOBS | {"git", "github", "requests", "slack_sdk"}),
        # Without a database it writes nothing.
        (["catalog"], 1, WEB | JOBS | {"git", "github", "requests", "slack_sdk"}),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else "",
)
def test_a_command_imports_only_what_it_needs(
    arguments: list[str], status: int, forbidden: set[str], workplace: Path
) -> None:
    """Web framework, database, job engine and clients of other services are imported only if they are used."""
    (workplace / "Dockerfile").write_text("FROM node:22\n", encoding="utf-8")
    (workplace / "images.yaml").write_text(
        "- name: base\n  registry: ghcr.io\n  repository: acme/base\n"
        "  source: {provider: github, repo: acme/base, workflow: build.yml}\n",
        encoding="utf-8",
    )

    ended, imported = _run(arguments)

    assert ended == status
    assert forbidden.isdisjoint(imported)


@pytest.mark.parametrize("module", sorted(OFFLINE | FILES))
def test_the_names_of_forbidden_modules_are_right(module: str) -> None:
    """A misspelt name would forbid nothing."""
    assert find_spec(module) is not None


def test_wrong_settings_are_reported_before_the_database_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients of other services are not imported either."""
    monkeypatch.setenv("IMAGE_FACTORY_LOG_FORMAT", "xml")

    ended, imported = _run(["status"])

    assert ended == 1
    assert OFFLINE.isdisjoint(imported)


def test_a_database_that_fails_while_a_command_runs_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has the cause from the driver, without the statement and its values."""

    def failing(*_: object) -> int:
        raise OperationalError("SELECT secret", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(readers, "status", failing)

    assert main(["status"]) == 1
    assert capsys.readouterr().err == "the database did not answer: disk I/O error\n"


def _run(arguments: list[str]) -> tuple[int, set[str]]:
    """The exit status, and the top-level names of the modules that are imported at the end."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    status, imported = json.loads(ended.stdout)
    return status, set(imported)
