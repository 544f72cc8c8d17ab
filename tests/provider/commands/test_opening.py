"""Tests of what is told when a command cannot begin."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from provider.__main__ import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The only line that a command that cannot begin prints."""
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


@pytest.mark.parametrize("command", ["status", "catalog", "check", "serve", "worker"])
def test_a_file_that_is_no_database(
    command: str, workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command says in one line which file it is."""
    (workplace / "text.db").write_text("no database\n" * 100, encoding="utf-8")
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", "sqlite:///text.db")
    monkeypatch.setattr("provider.commands.serve._port_problem", lambda *_: None)
    assert told(capsys, command).endswith("the database sqlite:///text.db cannot be opened: file is not a database\n")


def test_a_database_in_no_folder(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The system's words and the path it spoke of are shown."""
    (workplace / "file").touch()
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", "sqlite:///file/factory.db")
    assert "cannot be opened: file: File exists" in told(capsys, "status")


def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The server is named, the passwords are not."""
    pytest.importorskip("psycopg")
    address = "postgresql+psycopg://jane:hunter2@127.0.0.1:1/factory?password=hunter3"
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", address)
    line = told(capsys, "status")
    assert "postgresql+psycopg://jane:***@127.0.0.1:1/factory cannot be opened: connection failed" in line
    assert "hunter" not in line


def test_a_database_of_a_newer_version(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is left alone, and the newer version is asked for."""
    assert main(["status"]) == 0
    capsys.readouterr()
    with closing(sqlite3.connect(workplace / "data/image-factory.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")
    assert told(capsys, "status").endswith("run the newer version\n")


def test_a_checkout_that_cannot_be_made(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The settings to look at are named."""
    (workplace / "file").touch()
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_CHECKOUT", "file/config")
    line = told(capsys, "check")
    assert line.startswith("the config repository cannot be opened: ")
    assert "file: File exists; look at IMAGE_FACTORY_CONFIG_REPO and IMAGE_FACTORY_CONFIG_CHECKOUT" in line


def test_another_setting_is_not_taken_for_the_repository(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of credentials that cannot be read is named as what it is."""
    (workplace / "broken.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("IMAGE_FACTORY_REGISTRY_AUTH_FILE", str(workplace / "broken.json"))
    line = told(capsys, "check")
    assert "broken.json" in line
    assert "config repository" not in line
