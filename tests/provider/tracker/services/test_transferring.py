"""Tests of import and export."""

import pytest

from provider.tracker.services.transferring import ImportFormat, TransferFormat
from tests.provider.tracker.services.tracker_world import TrackerWorld

CSV = "url,notes\nacme/portal,ours\nghcr.io/acme/image,\n"


@pytest.mark.parametrize("form", TransferFormat)
def test_an_export_can_be_imported(form: TransferFormat) -> None:
    """An import into another service has every field; a second import finds only duplicates."""
    world, other = TrackerWorld(), TrackerWorld()
    world.parts.transferring.import_text(CSV, ImportFormat.CSV)
    text = world.parts.transferring.export_text(form)

    report = other.parts.transferring.import_text(text, ImportFormat(form))
    assert [number for number, _ in report.added] == [1, 2]
    assert other.parts.transferring.export_text(form) == text
    again = other.parts.transferring.import_text(text, ImportFormat(form))
    assert (again.added, [there.id for there, _ in again.duplicates]) == ((), [1, 2])


def test_a_dry_run_writes_nothing() -> None:
    """It returns the same report."""
    world = TrackerWorld()
    world.tracked("acme/portal", "1.0.0")
    report = world.parts.transferring.import_text(CSV, ImportFormat.CSV, dry_run=True)
    assert [(number, entry.name) for number, entry in report.added] == [(None, "image")]
    assert [there.name for there, _ in report.duplicates] == ["portal"]
    assert len(list(world.store.everything())) == 1


def test_an_import_with_a_problem_writes_nothing() -> None:
    """The report has every problem with its line."""
    world = TrackerWorld()
    report = world.parts.transferring.import_text(f"{CSV}https://user:x@example.com/a.git,\n", ImportFormat.CSV)
    assert [problem.line for problem in report.problems] == [4]
    assert list(world.store.everything()) == []
