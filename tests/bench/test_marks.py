"""The output of the benchmark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.marks import Mark, lines, summary


@pytest.mark.parametrize(
    ("value", "at_most", "met"),
    [(2.5, False, True), (2.499, False, False), (9, False, True), (2.5, True, True), (2.501, True, False)],
)
def test_a_goal_is_met_when_it_is_reached(value: float, at_most: bool, met: bool) -> None:
    """A goal is a lowest or a highest value; a value equal to the goal meets it."""
    mark = Mark("checks", value, "x nvchecker", 2.5, at_most)

    assert mark.met is met
    assert mark.verdict == ("met" if met else "MISSED")


def test_a_value_just_below_its_goal_is_missed_although_it_is_printed_alike() -> None:
    """Only the printed value is rounded."""
    (line,) = lines([Mark("checks", 2.4999, "x nvchecker", 2.5)])

    assert line == "checks   2.50 x nvchecker   goal 2.5   MISSED"


def test_a_line_says_ratio_goal_and_verdict_in_columns() -> None:
    """Every column is as wide as its longest cell."""
    printed = lines(
        [
            Mark("digest checks, CPU", 1.234, "x nvchecker", 1.3, at_most=True),
            Mark("entities", 83.4, "x PyYAML", 50),
            Mark("bodies", 0, "built", 0, at_most=True),
        ]
    )

    assert printed == [
        "digest checks, CPU   1.23 x nvchecker   goal at most 1.3   met",
        "entities             83 x PyYAML        goal 50            met",
        "bodies               0 built            goal at most 0     met",
    ]


def test_the_summary_names_what_was_missed() -> None:
    """Missed marks are visible without reading every line."""
    good, bad = Mark("entities", 60, "x", 50), Mark("commits", 0.5, "x", 0.9)

    assert summary([good, bad]) == "1 of 2 marks met; MISSED: commits"
    assert summary([good]) == "1 of 1 marks met"


@given(st.lists(st.builds(Mark, st.text("ab c", min_size=1), st.floats(0, 1e6), st.just("x"), st.floats(0, 100))))
def test_each_mark_has_one_line(marks: list[Mark]) -> None:
    """Every mark has a line, which ends with `met` or `MISSED`."""
    printed = lines(marks)

    assert [line.rsplit("   ", 1)[1] for line in printed] == [mark.verdict for mark in marks]
