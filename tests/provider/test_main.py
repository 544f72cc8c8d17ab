"""Tests of the command line."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from provider.__main__ import main

COMMANDS = ["serve", "worker", "discover", "validate", "check", "status", "catalog"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--help prints the usage and ends with 0; the list of commands has every command."""
    with pytest.raises(SystemExit, match=r"^0$"):
        main([command, "--help"])
    assert f"usage: image-factory {command}" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    assert f"\n    {command} " in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["bake"],
        ["discover"],
        ["discover", "-", "--build-arg", "NODE"],
        ["discover", "-", "--build-arg", "=22"],
        ["status", "--format", "xml"],
        ["serve", "--port", "0"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "http"],
    ],
)
def test_bad_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The usage is printed to standard error."""
    with pytest.raises(SystemExit, match=r"^2$"):
        main(arguments)
    assert capsys.readouterr().err.startswith("usage: image-factory")


def test_no_command_shows_the_help_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """The help goes to standard error, because it was not asked for."""
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert (out, err.partition(" [")[0]) == ("", "usage: image-factory")
    assert "\n    status " in err


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """--version needs no command."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"{version('image-factory')}\n"


def test_all_invalid_settings_are_reported_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each, and the exit code is 1."""
    monkeypatch.setenv("IMAGE_FACTORY_CHECK_INTERVAL", "soon")
    monkeypatch.setenv("IMAGE_FACTORY_LOG_FORMAT", "xml")
    assert main(["status"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["IMAGE_FACTORY_CHECK_INTERVAL", "IMAGE_FACTORY_LOG_FORMAT"]


def test_a_closed_pipe_prints_no_traceback(tmp_path: Path) -> None:
    """As in `image-factory discover FILE | head`."""
    (tmp_path / "Dockerfile").write_text("FROM a\n", encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "provider", "discover", str(tmp_path / "Dockerfile")],
            cwd=Path(__file__).parents[2], stdout=writing, stderr=subprocess.PIPE, timeout=300, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")
