"""Which files of a folder are Dockerfiles."""

import json
import os
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.commands.dockerfile_search import searched


def make(*paths: str) -> None:
    """Write a Dockerfile at each path."""
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("FROM a\n", encoding="utf-8")


def test_a_folder_stands_for_the_dockerfiles_in_it(workplace: Path) -> None:
    """By their names, in order, also in folders of it."""
    names = [
        "one/Containerfile",
        "one/Containerfile.dev",
        "one/Dockerfile",
        "one/Dockerfile.alpine",
        "one/app.Dockerfile",
        "one/app.dockerfile",
        "one/.devcontainer/Dockerfile",
        "one/b/c/Dockerfile",
    ]
    make(*names)
    make("one/Dockerfile.dockerignore", "one/dockerfile.txt", "one/MyDockerfile", "one/compose.yaml", "one/.Dockerfile")

    assert [*searched(["one"])] == [
        (name, None) for name in names if "devcontainer" not in name and "/b/" not in name
    ] + [
        ("one/.devcontainer/Dockerfile", None),
        ("one/b/c/Dockerfile", None),
    ]


@pytest.mark.parametrize("folder", [".git", ".hg", ".svn", ".venv", "node_modules", "vendor", "a/node_modules/b"])
def test_code_of_others_is_not_searched(workplace: Path, folder: str) -> None:
    """Unless the folder itself is given."""
    make("one/Dockerfile", f"one/{folder}/Dockerfile")

    assert [*searched(["one"])] == [("one/Dockerfile", None)]
    assert [*searched([f"one/{folder}"])] == [(f"one/{folder}/Dockerfile", None)]


def test_links_are_files_and_no_folders(workplace: Path) -> None:
    """A circle of links ends; a broken link and a folder with such a name are no Dockerfiles."""
    make("one/Dockerfile", "two/Dockerfile")
    Path("one/Dockerfile.link").symlink_to("../two/Dockerfile")
    Path("one/Dockerfile.broken").symlink_to("nowhere")
    Path("one/circle").symlink_to("../one")
    Path("one/Dockerfile.d").mkdir()

    assert [*searched(["one"])] == [("one/Dockerfile", None), ("one/Dockerfile.link", None)]


def test_files_are_taken_as_they_are_named(workplace: Path) -> None:
    """Whatever their name, and whether or not they are there."""
    make("one/Dockerfile", "odd.txt")

    assert [*searched(["odd.txt", "-", "missing", "one"])] == [
        ("odd.txt", None),
        ("-", None),
        ("missing", None),
        ("one/Dockerfile", None),
    ]


def test_a_folder_without_dockerfiles_is_an_error(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is rather a mistake than a success."""
    Path("empty").mkdir()

    assert main(["discover", "empty"]) == 1
    assert capsys.readouterr().out == "empty:\nempty: no Dockerfile or Containerfile is in this folder\n"


def test_a_folder_that_cannot_be_read_is_an_error(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the others are read all the same."""
    make("one/Dockerfile", "one/closed/Dockerfile")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if Path(path) == Path("one/closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr("os.scandir", refusing)
    assert [*searched(["one"])] == [("one/Dockerfile", None), ("one/closed", "cannot be read: Permission denied")]


def test_every_file_of_a_folder_is_printed(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files and folders can be mixed."""
    make("one/Dockerfile", "one/a/Dockerfile", "two")
    Path("one/a/Dockerfile").write_text("FROM\n", encoding="utf-8")

    assert main(["discover", "one", "two", "--format=json"]) == 1
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [document["file"] for document in documents] == ["one/Dockerfile", "one/a/Dockerfile", "two"]
    assert [document["error"] is None for document in documents] == [True, False, True]
