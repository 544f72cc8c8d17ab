"""Tests of `image-factory simulate`: it prints what other policies would have built, and changes nothing."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.commands.simulation import printing
from tests.provider.config_repo.repositories import Remote
from tests.provider.domain.simulation.organisations import NOW, organisation
from tests.provider.domain.simulation.texts import files_of


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """A config repository with twelve images and forty days of history; every third belongs to payments."""
    found = organisation(4, 12, 3, 40, 8)
    enrollments = {
        name: replace(each, owner="group:default/payments" if place % 3 == 0 else None)
        for place, (name, each) in enumerate(found.enrollments.items())
    }
    images = {name: replace(image, enrollment=enrollments[name]) for name, image in found.images.items()}
    made = Remote.make(tmp_path / "remote.git", files_of(replace(found, enrollments=enrollments, images=images)))
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(made.folder))
    monkeypatch.setattr(printing, "utc_now", lambda: NOW)
    return made


def contents(*folders: Path) -> Mapping[Path, bytes]:
    """Every file in these folders."""
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_a_table_has_a_column_for_each_policy(
    remote: Remote, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The period is what the history has, and neither the working directory nor the repository changes."""
    before = contents(remote.folder, workplace)

    assert main(["simulate", "--rebuild-delay", "1d,3d"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "12 images, 2026-10-20 12:00 to 2026-11-29 12:00 UTC (40 days)"
    assert lines[2].split() == ["recorded", "present", "policy", "1d", "delay", "3d", "delay"]
    assert [line.split("  ")[0] for line in lines[3:11]] == [
        "Builds", "Builds a week", "Busiest hour", "Most at a time", "Days behind, median", "On withdrawn digests",
        "On replaced digests", "On repointed digests",
    ]  # fmt: skip
    assert "Behind for longest:" in lines
    assert lines[-1].startswith("- ")
    assert contents(remote.folder, workplace) == before


def test_the_formats_have_the_same_figures(remote: Remote, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON and CSV; a shorter delay has more builds, and images are behind for less time."""
    assert remote.folder.is_dir()
    arguments = ["simulate", "--rebuild-delay", "7d,1d,0", "--window", "2h", "--max-concurrent-builds", "5"]
    assert main([*arguments, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main([*arguments, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    labels = [each["policy"] for each in document["policies"]]
    ending = "delay, 2h window, 5 builds at a time"
    assert labels == ["recorded", "present policy", f"no {ending}", f"1d {ending}", f"7d {ending}"]
    assert [row["policy"] for row in rows] == labels
    assert [int(row["builds"]) for row in rows] == [each["builds"] for each in document["policies"]]
    behind = [each["medianDaysBehind"] for each in document["policies"][2:]]
    assert behind == sorted(behind)
    assert document["policies"][0]["builds"] == 0
    assert all(sum(week["builds"] for week in each["weeks"]) == each["builds"] for each in document["policies"])


def test_the_images_of_an_owner_are_counted_alone(remote: Remote, capsys: pytest.CaptureFixture[str]) -> None:
    """The default owner has the images whose entries name none; an owner without images is an error."""
    assert remote.folder.is_dir()
    counts = []
    for owner in ("group:default/payments", "group:default/platform"):
        assert main(["simulate", "--owner", owner, "--format", "json"]) == 0
        counts.append(json.loads(capsys.readouterr().out)["images"])
    assert counts == [4, 8]

    assert main(["simulate", "--owner", "group:default/nobody"]) == 1
    assert "group:default/nobody owns no image" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rebuild-delay", "3"], "argument --rebuild-delay: '3' is not a duration; write for example 12h, 7d or 2w"),
        (["--rebuild-delay", "1d,,3d"], "argument --rebuild-delay: '' is not a duration"),
        (["--rebuild-delay", "1d,2d,3d,4d,5d,6d,7d,8d,9d"], "compare at most 8 at a time"),
        (["--since", "0d"], "argument --since: '0d' is too short"),
        (["--since", "3000d"], "argument --since: '3000d' is too long; the period is at most 731d"),
        (["--max-concurrent-builds", "0"], "write a whole number from 1 to 99999"),
        (["--window", "soon"], "argument --window: 'soon' is not a duration"),
    ],
)
def test_a_question_that_is_not_valid_is_bad_usage(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the argument, and no setting is read."""
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *arguments])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_without_images_it_says_so(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No config repository is made."""
    assert main(["simulate"]) == 1
    assert "no image is enrolled" in capsys.readouterr().err
    assert list(workplace.iterdir()) == []
