"""The marks of pages."""

from pathlib import Path

from bench.pages import PAGES, page_marks


def test_each_page_has_a_mark_in_processor_time(tmp_path: Path) -> None:
    """Every page answers, and is reported once."""
    report: list[str] = []

    marks = page_marks(tmp_path, count=30, rounds=1, report=report.append)

    assert report == ["a database of images", *PAGES]
    assert [mark.name for mark in marks] == [f"page: {name}" for name in PAGES]
    assert all(mark.value > 0 and mark.at_most and mark.unit == "ms of CPU" for mark in marks)
