"""Tests of `image-factory audit` and `problems`."""

import csv
import io
import json

import pytest

from provider.__main__ import main

pytestmark = pytest.mark.usefixtures("three")


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    """The items that the command prints as JSON."""
    assert main([*arguments, "--format", "json"]) == 0
    items: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return items


def test_the_audit_of_a_period_says_who_did_what_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    """Refused attempts too, the newest first."""
    assert main(["audit", "--since", "7d"]) == 0
    shown = [line.split("  ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert [" ".join(line.split()) for line in shown] == [
        "ci rebuild base-node (not-allowed): to try",
        "user:default/jane release payments-api (done)",
        "user:default/jane hold payments-api (done): release freeze",
    ]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], 4),
        (["--caller", "user:default/jane"], 3),
        (["--image", "payments-api", "--until", "3d"], 1),
        (["--owner", "group:default/team-02"], 3),
        (["--owner", "group:default/nobody"], 0),
    ],
)
def test_the_audit_is_exported_as_csv(arguments: list[str], found: int, capsys: pytest.CaptureFixture[str]) -> None:
    """With a row for each act and the reason in full."""
    assert main(["audit", *arguments, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == found
    assert all(row["caller"] and row["at"] for row in rows)


def test_problems_have_their_place_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in images.yaml is found by whoever made it."""
    assert main(["problems"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("enrollment badentry images.yaml:12: rebuildDelay: '7x' is not a duration; write")
    assert lines[1].startswith("  since 20")
    assert lines[2].startswith("  Correct the file in the config repository and push it")
    (item,) = answered(capsys, "problems", "--kind", "enrollment")
    assert (item["file"], item["line"], item["field"]) == ("images.yaml", 12, "rebuildDelay")
    assert answered(capsys, "problems", "--owner", "group:default/team-02") == []
    assert answered(capsys, "problems", "--kind", "worker") == []


def test_rebuilds_are_found_by_who_asked_and_by_vulnerability(capsys: pytest.CaptureFixture[str]) -> None:
    """The service asks for most of them itself."""
    assert len(answered(capsys, "rebuilds", "--requested-by", "image-factory")) == 4
    assert answered(capsys, "rebuilds", "--requested-by", "user:default/jane") == []
    assert answered(capsys, "rebuilds", "--cve", "CVE-2026-12345") == []
    assert len(answered(capsys, "rebuilds", "--image", "base-node")) == 2


def test_moves_are_those_of_base_images(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither baselines nor what our own rebuilds made."""
    assert [item["image"] for item in answered(capsys, "changes", "--moves")] == ["node-22"]
    assert {item["image"] for item in answered(capsys, "changes", "--image", "base-node")} == {"base-node"}
