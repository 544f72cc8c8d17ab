"""Tests of import and export."""

import pytest

from provider.tracker.services.transferring import TransferFormat
from tests.provider.tracker.services.tracker_world import TrackerWorld

CSV = "url,notes\nacme/portal,ours\nghcr.io/acme/image,\n"


@pytest.mark.parametrize("form", TransferFormat)
def test_what_is_handed_out_can_be_taken_in(form: TransferFormat) -> None:
    """By another service, with every field; once more it is all there already."""
    world, other = TrackerWorld(), TrackerWorld()
    world.parts.transferring.import_text(CSV, TransferFormat.CSV)
    text = world.parts.transferring.export_text(form)

    report = other.parts.transferring.import_text(text, form)
    assert [number for number, _ in report.added] == [1, 2]
    assert other.parts.transferring.export_text(form) == text
    again = other.parts.transferring.import_text(text, form)
    assert (again.added, [there.id for there, _ in again.duplicates]) == ((), [1, 2])


def test_a_dry_run_writes_nothing() -> None:
    """And tells the same."""
    world = TrackerWorld()
    world.tracked("acme/portal", "1.0.0")
    report = world.parts.transferring.import_text(CSV, TransferFormat.CSV, dry_run=True)
    assert [(number, entry.name) for number, entry in report.added] == [(None, "image")]
    assert [there.name for there, _ in report.duplicates] == ["portal"]
    assert len(list(world.store.everything())) == 1


def test_with_a_problem_nothing_is_written() -> None:
    """All are told, by line."""
    world = TrackerWorld()
    report = world.parts.transferring.import_text(f"{CSV}https://user:x@example.com/a.git,\n", TransferFormat.CSV)
    assert [problem.line for problem in report.problems] == [4]
    assert list(world.store.everything()) == []
