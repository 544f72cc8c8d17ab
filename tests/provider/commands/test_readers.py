"""Tests of `image-factory status` and `catalog`."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from catalog.image import (
    DependencyDocument,
    DependencyRole,
    DiscoveryDocument,
    DiscoveryStatus,
    Status,
    UnresolvedDocument,
    WarningDocument,
)
from catalog.render import document
from provider.__main__ import main
from provider.composition.parts import Parts
from provider.settings import read_settings
from tests.provider.store.samples import DIGEST, PREVIOUS, base, built, managed


@pytest.fixture
def tracked() -> None:
    """A managed image and its base image are in the database."""
    fragments = {name: f"kind: Resource\nmetadata:\n  name: {name}\n" for name in ("node", "portal")}
    with Parts.open(read_settings({})) as parts:
        parts.index.replace([base("node"), managed("portal", "node")], fragments)


def test_an_empty_database_says_what_to_do(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The text says what to do; the JSON is an empty list, and the catalog is empty."""
    with Parts.open(read_settings({})) as parts:
        parts.check()
    assert main(["status"]) == 0
    assert "enroll an image in images.yaml" in capsys.readouterr().out
    assert main(["status", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["catalog"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) is None
    assert [path.name for path in (workplace / "data").iterdir() if "config" in path.name] == []


def test_without_a_database_readers_say_what_to_do_and_make_nothing(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder and no database; the catalog is not written, because an empty one would remove all entities."""
    (workplace / "entities.yaml").write_text("kind: Resource\n", encoding="utf-8")
    there_is_none = f"there is no database at {workplace}/data/image-factory.db: use the folder in which"
    assert main(["status"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(there_is_none)
    assert "then run 'image-factory check' or 'image-factory serve'" in shown
    assert main(["status", "--format", "json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out) == []
    assert output.err.startswith(there_is_none)
    assert main(["catalog"]) == 1
    assert main(["catalog", "--output", "entities.yaml"]) == 1
    assert "image-factory check" in capsys.readouterr().err
    assert (workplace / "entities.yaml").read_text(encoding="utf-8") == "kind: Resource\n"
    assert [path.name for path in workplace.iterdir()] == ["entities.yaml"]


@pytest.mark.parametrize(
    "command",
    [
        ["status", "portal"],
        ["status", "portal", "--format", "json"],
        ["impact", "portal"],
        ["rebuild", "portal", "--reason", "a fix"],
        ["rebuild", "portal", "--reason", "a fix", "--emergency", "--cve", "CVE-2026-12345"],
        ["hold", "portal", "--reason", "release freeze"],
        ["release", "portal"],
        ["skip", "portal", DIGEST, "--reason", "it is broken"],
        ["unskip", "portal", DIGEST],
    ],
    ids=" ".join,
)
def test_in_another_folder_a_command_about_an_image_says_where_it_looked_and_makes_nothing(
    command: list[str], workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """That the image does not exist is not known; also where a setting names the file."""
    assert main(command) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"portal: there is no database at {workplace}/data/image-factory.db: use the folder")
    assert list(workplace.iterdir()) == []


@pytest.mark.parametrize("command", [["status", "portal"], ["hold", "portal", "--reason", "release freeze"]])
def test_a_database_that_a_setting_names_and_that_does_not_exist_is_named(
    command: list[str], workplace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not made either."""
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", f"sqlite:///{workplace}/none/index.db")
    assert main(command) == 1
    assert f"there is no database at {workplace}/none/index.db: " in capsys.readouterr().err
    assert list(workplace.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0"], ids=["empty", "beginning"])
def test_a_database_without_tables_is_read_as_none(
    content: bytes, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service that was killed at its first start may leave an empty file; a broken one is an error."""
    (workplace / "data").mkdir()
    (workplace / "data" / "image-factory.db").write_bytes(content)
    assert main(["status"]) == (1 if content else 0)
    assert ("enroll an image" in capsys.readouterr().out) is not bool(content)
    assert (workplace / "data" / "image-factory.db").read_bytes() == content


@pytest.mark.parametrize(("names", "enrolled"), [(["app"], "1 image"), (["app", "api"], "2 images")])
def test_an_empty_index_beside_enrollments_asks_for_a_check(
    names: list[str], enrolled: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The checkout of the config repository has enrollments, so the database was deleted or is new."""
    checkout = workplace / "data" / "config"
    checkout.mkdir(parents=True)
    entries = [f"- name: {name}\n  registry: ghcr.io\n  repository: acme/{name}\n" for name in names]
    (checkout / "images.yaml").write_text("".join(entries), encoding="utf-8")

    assert main(["status"]) == 0
    said = f"the index is empty, but data/config has {enrolled}; run 'image-factory check'"
    assert capsys.readouterr().out.startswith(said)


@pytest.mark.usefixtures("tracked")
def test_status_prints_all_images_or_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The text has a line for each image; the JSON has the documents of the API."""
    assert main(["status"]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["node", "watched"],
        ["portal", "up-to-date"],
    ]
    assert main(["status", "node", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["status"], shown["dependents"]) == (
        "node",
        "watched",
        [{"name": "portal", "status": "up-to-date"}],
    )


def test_status_of_one_image_shows_what_it_was_built_from(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Digests are whole, the evidence is in words, and what is unresolved has its line and a hint."""
    assert workplace.is_dir()
    (edge,) = built(managed("portal", "node"), DIGEST).dependencies
    unknown = DependencyDocument("alpine", "alpine:3", DependencyRole.STAGE, ("copy-from",))
    found = DiscoveryDocument(
        DiscoveryStatus.SUCCESS, None, (UnresolvedDocument("TAG", 3, "Set it."),), (WarningDocument(9, "--new-flag"),)
    )
    near = replace(edge, newest=PREVIOUS, status=Status.WATCHED)
    portal = replace(managed("portal"), dependencies=(near, unknown), discovery=found, digest=DIGEST)
    with Parts.open(read_settings({})) as parts:
        parts.index.replace([base("node"), portal, managed("child", "portal", status=Status.UNKNOWN)], {})

    assert main(["status", "portal"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"  ghcr.io/acme/portal:latest  {DIGEST}",
        "  depends on node: docker.io/library/node:latest (final, watched)",
        f"    built from {DIGEST} (passed to the build)",
        f"    newest     {PREVIOUS}",
        "  depends on alpine: alpine:3 (stage)",
        "    built from an unknown digest",
        "  unresolved: line 3: TAG has no value; Set it.",
        "  not understood: line 9: --new-flag",
        "  used by child (unknown)",
    ]


@pytest.mark.usefixtures("tracked")
def test_an_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 1, and the message says how to list the names."""
    assert main(["status", "nod"]) == 1
    assert capsys.readouterr() == ("", "nod: no such image; 'image-factory status' lists all images\n")


@pytest.mark.usefixtures("tracked")
def test_the_catalog_is_written_to_a_file(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file has the same documents as standard output."""
    assert main(["catalog"]) == 0
    text = capsys.readouterr().out
    assert [entity["metadata"]["name"] for entity in yaml.safe_load_all(text)] == ["node", "portal"]
    assert main(["catalog", "--output", "entities.yaml"]) == 0
    assert (workplace / "entities.yaml").read_text(encoding="utf-8") == text != document([])
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("tracked")
def test_a_file_that_cannot_be_written_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """One line names the file, and the exit code is 1."""
    assert main(["catalog", "--output", "nowhere/entities.yaml"]) == 1
    assert capsys.readouterr().err == "nowhere/entities.yaml: cannot write the file: No such file or directory\n"
