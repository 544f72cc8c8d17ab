"""Tests of `image-factory status` and `catalog`."""

import json
from pathlib import Path

import pytest
import yaml

from catalog.render import document
from provider.__main__ import main
from provider.composition.parts import Parts
from provider.settings import read_settings
from tests.provider.store.samples import base, managed


@pytest.fixture
def tracked() -> None:
    """A managed image and what it stands on are in the database."""
    fragments = {name: f"kind: Resource\nmetadata:\n  name: {name}\n" for name in ("node", "portal")}
    with Parts.open(read_settings({})) as parts:
        parts.index.replace([base("node"), managed("portal", "node")], fragments)


def test_an_empty_database_says_what_to_do(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A person reads the next step; a program reads an empty list and an empty document."""
    assert main(["status"]) == 0
    assert "enroll an image in images.yaml" in capsys.readouterr().out
    assert main(["status", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["catalog"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) is None
    assert [path.name for path in (workplace / "data").iterdir() if "config" in path.name] == []


@pytest.mark.usefixtures("tracked")
def test_status_tells_of_all_or_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Text has a line each; JSON has the documents of the API."""
    assert main(["status"]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["node", "watched"],
        ["portal", "up-to-date"],
    ]
    assert main(["status", "node", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["status"], shown["dependents"]) == ("node", "watched", ["portal"])


@pytest.mark.usefixtures("tracked")
def test_an_unknown_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The status is 1, and the message says where to look."""
    assert main(["status", "nod"]) == 1
    assert capsys.readouterr() == ("", "nod: no such image; 'image-factory status' lists those there are\n")


@pytest.mark.usefixtures("tracked")
def test_the_catalog_goes_into_a_file(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same documents as on standard output."""
    assert main(["catalog"]) == 0
    text = capsys.readouterr().out
    assert [entity["metadata"]["name"] for entity in yaml.safe_load_all(text)] == ["node", "portal"]
    assert main(["catalog", "--output", "entities.yaml"]) == 0
    assert (workplace / "entities.yaml").read_text(encoding="utf-8") == text != document([])
    assert capsys.readouterr().out == ""


def test_an_unwritable_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """One line names it, and the status is 1."""
    assert main(["catalog", "--output", "nowhere/entities.yaml"]) == 1
    assert capsys.readouterr().err == "nowhere/entities.yaml: cannot be written: No such file or directory\n"
