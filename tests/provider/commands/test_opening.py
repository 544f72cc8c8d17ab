"""Error messages of commands that cannot start."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.composition.parts import Parts
from provider.settings import read_settings


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The only line that the command prints."""
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


@pytest.mark.parametrize("command", ["status", "catalog", "check", "serve", "worker"])
def test_a_file_that_is_not_a_database_is_named(
    command: str, workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command names the file in one line."""
    (workplace / "text.db").write_text("no database\n" * 100, encoding="utf-8")
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", "sqlite:///text.db")
    monkeypatch.setattr("provider.commands.serve._port_problem", lambda *_: None)
    assert error_of(capsys, command).endswith(
        "the database sqlite:///text.db cannot be opened: file is not a database\n"
    )


def test_a_database_whose_folder_cannot_be_made_is_named(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message has the error of the system and its path."""
    (workplace / "file").touch()
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", "sqlite:///file/factory.db")
    assert "cannot be opened: file: File exists" in error_of(capsys, "check")


def test_a_database_server_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the server, without passwords."""
    pytest.importorskip("psycopg")
    address = "postgresql+psycopg://jane:hunter2@127.0.0.1:1/factory?password=hunter3"
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", address)
    line = error_of(capsys, "status")
    assert "postgresql+psycopg://jane:***@127.0.0.1:1/factory cannot be opened: connection failed" in line
    assert "hunter" not in line


def test_a_database_of_a_newer_version_is_refused(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not changed, and the message says to run the newer version."""
    with Parts.open(read_settings({})) as parts:
        parts.check()
    with closing(sqlite3.connect(workplace / "data/image-factory.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")
    assert error_of(capsys, "status").endswith("run that version\n")


@pytest.mark.parametrize("command", ["status", "catalog"])
def test_a_database_of_an_older_version_is_not_upgraded_by_a_reader(
    command: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The service may be the older version; the message says what upgrades it."""
    with Parts.open(read_settings({})) as parts:
        parts.check()
    with closing(sqlite3.connect(workplace / "data/image-factory.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    line = error_of(capsys, command)
    assert "was made by an older version of this program; start the service" in line


def test_a_checkout_that_cannot_be_made_is_an_error(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the settings to check."""
    (workplace / "file").touch()
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_CHECKOUT", "file/config")
    line = error_of(capsys, "check")
    assert line.startswith("the config repository cannot be opened: ")
    assert "file: File exists; check IMAGE_FACTORY_CONFIG_REPO and IMAGE_FACTORY_CONFIG_CHECKOUT" in line


def test_an_error_in_another_setting_does_not_mention_the_config_repository(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the registry auth file that cannot be read."""
    (workplace / "broken.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("IMAGE_FACTORY_REGISTRY_AUTH_FILE", str(workplace / "broken.json"))
    line = error_of(capsys, "check")
    assert "broken.json" in line
    assert "config repository" not in line
