"""Tests of `image-factory images`."""

import csv
import io
import json
from pathlib import Path

import pytest

from provider.__main__ import main
from tests.population.histories import BEFORE, digest_of

OLD = digest_of("node-22", BEFORE)

pytestmark = pytest.mark.usefixtures("three")


def names(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The names that the command prints as JSON."""
    assert main(["images", *arguments, "--format", "json"]) == 0
    return [item["name"] for item in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--built-from", OLD], ["base-node"]),
        (["--built-from", OLD, "--transitive"], ["base-node", "payments-api"]),
        (["--built-from", digest_of("base-node")], ["payments-api"]),
        (["--built-from", digest_of("node-22"), "--transitive"], []),
        (["--depends-on", "node-22"], ["base-node"]),
        (["--depends-on", "no-such-image"], []),
        (["--reference", "node:22"], ["base-node", "node-22"]),
        (["--reference", "docker.io/library/node:22", "--transitive"], ["base-node", "node-22", "payments-api"]),
        (["--reference", "ghcr.io/acme/base-node"], ["base-node", "payments-api"]),
        (["--cve", "CVE-2026-12345"], []),
        (["--status", "waiting"], ["base-node", "payments-api"]),
        (["--status", "watched", "--status", "waiting"], ["base-node", "node-22", "payments-api"]),
        (["--status", "failed"], []),
        (["--owner", "GROUP:default/Team-02"], ["payments-api"]),
        (["--behind"], ["base-node", "payments-api"]),
        (["--behind", "--owner", "group:default/team-02"], ["payments-api"]),
        ([], ["base-node", "node-22", "payments-api"]),
    ],
    ids=" ".join,
)
def test_images_are_found_by_what_people_ask(
    arguments: list[str], found: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As by GET /api/v1/images."""
    assert sorted(names(capsys, *arguments)) == found


def test_the_text_says_why_since_when_until_when_and_from_what(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are behind for longest come first."""
    assert main(["images", "--behind"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["base-node", "waiting"]
    assert lines[1].startswith("  behind since 20")
    assert lines[2].startswith("  rebuilt at the earliest 20")
    assert lines[3] == f"  built from docker.io/library/node:22@{OLD} (verified in the built image)"


def test_csv_has_one_row_for_each_image(capsys: pytest.CaptureFixture[str]) -> None:
    """With the digests that it is built from in one cell."""
    assert main(["images", "--owner", "group:default/team-02", "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["name"], row["status"], row["owner"]) == ("payments-api", "waiting", "group:default/team-02")
    assert row["builtFrom"] == f"ghcr.io/acme/base-node:latest@{digest_of('base-node')} (verified in the built image)"


def test_nothing_that_matches_is_said_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """So a file with the answer stays empty."""
    assert main(["images", "--status", "failed"]) == 0
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "no images found\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--transitive"], "--transitive needs --built-from or --reference"),
        (["--reference", "node:22@sha256:" + "0" * 64], "has a digest; write it as --built-from DIGEST"),
        (["--reference", "Not An Image"], "argument --reference"),
        (["--status", "green"], "'green' is not a status; the statuses are"),
        (["--built-from", "sha256:1"], "'sha256:1' is not a digest"),
        (["--built-from", "node:22"], "'node:22' is not a digest"),
    ],
)
def test_what_would_be_a_wrong_answer_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to write instead."""
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["images", *arguments])
    assert message in capsys.readouterr().err


def test_a_service_that_has_not_checked_anything_says_so(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In another folder, without a database, the command fails, because no image would be an answer."""
    elsewhere = workplace / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for form in ("text", "json", "csv"):
        assert main(["images", "--behind", "--format", form]) == 1
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.startswith(f"there is no database at {elsewhere}/data/image-factory.db")
    assert list(elsewhere.iterdir()) == []
