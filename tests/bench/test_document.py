"""Tests of the page with the last results."""

from datetime import date
from pathlib import Path

from bench.__main__ import PARTS
from bench.document import page
from bench.marks import Mark

MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
DIGESTS = [Mark("digest checks", 2.64, "x nvchecker", 2.5), Mark("their processor time", 0.7, "x", 0.6, at_most=True)]
TAGS = [Mark("tags sorted", 8.1, "x semver", 8)]
ROOT = Path(__file__).parents[2]


def _rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_each_mark_has_a_row_with_its_goal_and_day() -> None:
    """A missed mark too."""
    assert _rows(page("", {"digests": DIGESTS}, MONDAY, ["digests"])) == [
        "| digests | digest checks | 2.64 x nvchecker | goal 2.5 | met | 2026-11-30 |",
        "| digests | their processor time | 0.70 x | goal at most 0.6 | MISSED | 2026-11-30 |",
    ]


def test_what_was_not_measured_keeps_its_rows() -> None:
    """In the order of the parts; a part that is skipped keeps its rows too."""
    parts = ["tags", "digests"]
    before = page("", {"digests": DIGESTS}, MONDAY, parts)
    after = _rows(page(before, {"tags": TAGS, "digests": []}, TUESDAY, parts))
    assert after == ["| tags | tags sorted | 8.10 x semver | goal 8 | met | 2026-12-01 |", *_rows(before)]


def test_a_part_that_is_no_more_has_no_rows() -> None:
    """Only known parts are listed."""
    assert _rows(page(page("", {"old": TAGS}, MONDAY, ["old"]), {}, TUESDAY, ["tags"])) == []


def test_the_page_of_the_project_is_as_the_benchmark_writes_it() -> None:
    """Nobody edits a result by hand into another form, and no part that is gone keeps its rows."""
    before = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    assert _rows(before)
    assert page(before, {}, MONDAY, [part.name for part in PARTS]) == before
