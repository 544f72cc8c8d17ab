"""Tests of `image-factory rebuilds` and `changes`."""

import csv
import io
import json

import pytest

from provider.__main__ import main
from tests.population.histories import BEFORE, digest_of

NEW, OLD = digest_of("node-22"), digest_of("node-22", BEFORE)

pytestmark = pytest.mark.usefixtures("three")


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    """The items that the command prints as JSON."""
    assert main([*arguments, "--format", "json"]) == 0
    items: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return items


def test_rebuilds_of_a_period_say_on_what_why_and_for_whom(capsys: pytest.CaptureFixture[str]) -> None:
    """In the format of the API; the newest first."""
    found = answered(capsys, "rebuilds", "--since", "7d")
    assert [(item["image"], item["requestedBy"]) for item in found] == [
        ("base-node", "image-factory"),
        ("payments-api", "image-factory"),
    ]
    assert len(answered(capsys, "rebuilds")) == 4
    assert answered(capsys, "rebuilds", "--since", "7d", "--until", "6d") == []
    assert [item["image"] for item in answered(capsys, "rebuilds", "--owner", "group:default/team-02")] == [
        "payments-api"
    ] * 2


def test_the_text_of_a_rebuild_has_its_digests_and_its_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    """So passed to the build and verified in the image are told apart."""
    assert main(["rebuilds", "--since", "36h"]) == 0
    first, reason, cause, evidence, url = capsys.readouterr().out.splitlines()
    assert first.split("  ", 1)[1].split() == ["base-node", "success", "requested", "by", "image-factory"]
    assert reason == "  node:22 changed"
    assert cause == f"  docker.io/library/node:22 {OLD} -> {NEW}"
    assert evidence == "  digests: verified in the built image"
    assert url.startswith("  https://github.com/acme/base-node/actions/runs/")


def test_rebuilds_are_exported_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    """With the columns of GET /api/v1/rebuilds?format=csv."""
    assert main(["rebuilds", "--since", "36h", "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["image"], row["conclusion"], row["freshness"]) == ("base-node", "success", "verified")
    assert row["causes"] == f"docker.io/library/node:22 {OLD} -> {NEW}"


def test_changes_say_which_digest_took_the_place_of_which(capsys: pytest.CaptureFixture[str]) -> None:
    """The first digest of an image has no other before it."""
    assert main(["changes", "--since", "3d"]) == 0
    *_, base = capsys.readouterr().out.splitlines()
    assert base.split("  ", 1)[1].split(maxsplit=1) == ["node-22", f"{OLD} -> {NEW} (webhook)"]
    assert any(item["previousDigest"] is None for item in answered(capsys, "changes"))


@pytest.mark.parametrize("text", ["7x", "yesterday", "2026-11-21T09:00:00", "0d", "2026-13-01", "99999999999d"])
def test_a_time_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to write."""
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["rebuilds", "--since", text])
    assert "argument --since" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["2000-01-01", "2000-01-01T00:00:00Z", "2000-01-01T02:00:00+02:00", "520w"])
def test_times_have_several_forms(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A date, a time with its zone, or a duration before now."""
    assert len(answered(capsys, "rebuilds", "--since", text)) == 4


def test_a_summary_has_the_median_and_the_slowest(capsys: pytest.CaptureFixture[str]) -> None:
    """As numbers for people, and in the format of GET /api/v1/rebuilds/summary."""
    assert main(["rebuilds", "--since", "30d", "--summary"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["rebuilds: 4 (4 success)", "  4 requested by image-factory"]
    assert lines[2].startswith("from the change of a base image to the end of the rebuild: median 7 d 1 h, 90 % within")
    assert "the longest:" in lines
    assert lines[-3] == "images behind now: 2"
    assert lines[-2].split()[:3] == ["base-node", "waiting", "since"]
    assert main(["rebuilds", "--since", "30d", "--summary", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total"], found["behind"], len(found["slowest"])) == (4, 2, 4)
    assert main(["rebuilds", "--until", "30d", "--summary"]) == 0
    assert capsys.readouterr().out.startswith(
        "rebuilds: 0\nfrom the change of a base image to the end of the rebuild: not"
    )


def test_a_summary_has_no_csv(capsys: pytest.CaptureFixture[str]) -> None:
    """It is no table."""
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["rebuilds", "--summary", "--format", "csv"])
    assert "--summary has no CSV" in capsys.readouterr().err
