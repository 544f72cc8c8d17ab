"""Tests of the figures as texts."""

from datetime import timedelta

import pytest

from provider.domain.plan import BuildCaps
from provider.domain.simulation.measures import days_text, length_text, measures_of, worst_lines
from provider.domain.simulation.policies import WhatIf
from provider.domain.simulation.simulating import Rules, simulate
from tests.provider.domain.simulation.organisations import NOW, organisation


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (None, "-"),
        (timedelta(0), "0"),
        (timedelta(minutes=3), "<0.1"),
        (timedelta(hours=3), "0.1"),
        (timedelta(days=12, hours=12), "12.5"),
        (timedelta(days=3000), "3,000"),
    ],
)
def test_a_short_time_behind_is_not_none(time: timedelta | None, text: str) -> None:
    """To a tenth of a day."""
    assert days_text(time) == text


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (timedelta(0), "0 minutes"),
        (timedelta(seconds=80), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=90), "90 days"),
    ],
)
def test_a_length_has_its_unit(time: timedelta, text: str) -> None:
    """So a short period is not one of 0 days."""
    assert length_text(time) == text


@pytest.mark.parametrize(("days", "has_average"), [(6, False), (7, True), (40, True)])
def test_less_than_a_week_says_nothing_about_a_week(days: int, *, has_average: bool) -> None:
    """A minute with four builds is not 30,000 builds a week."""
    found = simulate(
        NOW, organisation(1, 5, 2, days, 4), WhatIf(), Rules(BuildCaps(), "o"), lambda *_: lambda _: None, {}
    )
    (average,) = (row for row in measures_of(found) if row.label == "Builds a week")
    assert [text != "-" for text in average.texts] == [has_average] * 2


def test_every_row_explains_itself_and_has_a_text_for_each_policy() -> None:
    """One sentence each."""
    asked = WhatIf(delays=(timedelta(days=1),))
    found = simulate(NOW, organisation(1, 5, 2, 40, 4), asked, Rules(BuildCaps(), "o"), lambda *_: lambda _: None, {})
    rows = measures_of(found)
    assert len(rows) == 8
    assert all(len(row.texts) == 3 and row.meaning.endswith(".") and row.meaning.count(". ") == 0 for row in rows)
    assert [label for label, _ in worst_lines(found)] == ["recorded", "present policy", "1d delay"]
