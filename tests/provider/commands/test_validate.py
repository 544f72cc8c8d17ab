"""Tests of `image-factory validate`."""

from pathlib import Path

import pytest

from provider.__main__ import main

ENTRY = """- name: backstage
  registry: ghcr.io
  repository: acme/backstage
  rebuildDelay: {delay}
"""


def test_each_problem_is_one_line(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has file, line, entry, field, what is wrong and what to write; the exit code is 1."""
    (workplace / "images.yaml").write_text("# a comment\n" * 8 + ENTRY.format(delay="7x"), encoding="utf-8")

    assert main(["validate"]) == 1
    line = "images.yaml:12: backstage: rebuildDelay: '7x' is not a duration; write for example 12h, 7d or 2w\n"
    assert capsys.readouterr() == (line, "")


def test_a_valid_folder_prints_nothing(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 0."""
    folder = workplace / "config"
    folder.mkdir()
    (folder / "images.yaml").write_text(ENTRY.format(delay="7d"), encoding="utf-8")

    assert main(["validate", "config"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_missing_folder_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the folder and says what to pass."""
    assert main(["validate", "nowhere"]) == 1
    assert (
        capsys.readouterr().err == "nowhere is not a folder; pass the folder of a checkout of the config repository\n"
    )
