"""Tests of `image-factory timeline`."""

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.settings import read_settings

pytestmark = pytest.mark.usefixtures("three")

ENTRY = "- name: payments-api\n  registry: ghcr.io\n  repository: acme/payments-api\n"


def test_a_timeline_says_what_happened_why_and_by_whom(capsys: pytest.CaptureFixture[str]) -> None:
    """The newest first: acts of people, rebuilds with their causes, new digests."""
    assert main(["timeline", "payments-api"]) == 0
    shown = [line.split("  ", 1)[1].split() for line in capsys.readouterr().out.splitlines() if line.startswith("20")]
    words = [" ".join(words) for words in shown]
    assert words[0] == "Base changed base-node"
    assert {"Released payments-api by user:default/jane", "Held payments-api by user:default/jane"} <= set(words)
    assert "Rebuild: success payments-api by the service" in words
    assert words[-1] == "Enrolled payments-api"


def test_a_timeline_has_the_changes_of_the_entry_from_git(capsys: pytest.CaptureFixture[str]) -> None:
    """They are read from the checkout in the folder of the service."""
    checkout = read_settings({}).config_checkout
    _commit(checkout, ENTRY, "Enroll the payments API")
    _commit(checkout, f"{ENTRY}  rebuildDelay: 3d\n", "Rebuild it sooner")

    assert main(["timeline", "payments-api"]) == 0

    printed = capsys.readouterr()
    assert "  Rebuild it sooner (images.yaml)\n  + rebuildDelay: 3d\n" in printed.out
    assert "Enroll the payments API" in printed.out
    assert printed.err == ""


def test_a_timeline_says_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is shown."""
    assert main(["timeline", "payments-api"]) == 0
    expected = (
        "not all changes of the entry are shown: there is no checkout of the config repository on this machine yet"
    )
    assert expected in capsys.readouterr().err


def test_a_timeline_is_exported_for_a_period(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON with the entries of the API, and as CSV with a row for each."""
    assert main(["timeline", "payments-api", "--format", "json"]) == 0
    every = json.loads(capsys.readouterr().out)
    assert main(["timeline", "payments-api", "--since", "3d", "--format", "csv"]) == 0
    late = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert 0 < len(late) < len(every)
    assert {row["at"] for row in late} <= {entry["at"] for entry in every}


def test_the_timeline_of_an_unknown_image_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """It says where the names are."""
    assert main(["timeline", "nothing"]) == 1
    assert "nothing: no such image; 'image-factory status' lists all images" in capsys.readouterr().err


def _commit(folder: Path, text: str, message: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    if not (folder / ".git").exists():
        _git(folder, "init", "-q", "-b", "main")
    (folder / "images.yaml").write_text(text, "utf-8")
    _git(folder, "add", "images.yaml")
    _git(folder, "-c", "user.name=Jane", "-c", "user.email=jane@example.com", "commit", "-qm", message)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, timeout=60)
