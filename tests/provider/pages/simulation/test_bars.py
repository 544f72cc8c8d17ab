"""Tests of the bars."""

from datetime import timedelta

from provider.domain.plan import BuildCaps
from provider.domain.simulation.policies import WhatIf
from provider.domain.simulation.simulating import Rules, simulate
from provider.pages.simulation.bars import HEIGHT, WIDTH, bar_rows
from tests.provider.domain.simulation.organisations import NOW, organisation


def test_all_rows_have_one_scale_and_fit_the_picture() -> None:
    """The highest bar of all has the whole height; a week without builds has none."""
    asked = WhatIf(delays=(timedelta(0), timedelta(days=3)))
    found = simulate(NOW, organisation(2, 20, 4, 60, 9), asked, Rules(BuildCaps(), "o"), lambda *_: lambda _: None, {})
    rows = bar_rows(found)

    assert [row.label for row in rows] == ["recorded", "present policy", "no delay", "3d delay"]
    assert max(bar.height for row in rows for bar in row.bars) == HEIGHT
    assert all(bar.height == 0 for bar in rows[0].bars)
    for row, column in zip(rows, found.columns, strict=True):
        assert tuple(bar.builds for bar in row.bars) == column.weeks
        assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH and bar.y + bar.height == HEIGHT for bar in row.bars)
    assert rows[0].text == "recorded: from 0 to 0 builds a week over 9 weeks"


def test_an_empty_period_has_no_bars() -> None:
    """Nothing is drawn."""
    found = simulate(
        NOW, organisation(2, 0, 1, 60, 9), WhatIf(), Rules(BuildCaps(), "o"), lambda *_: lambda _: None, {}
    )
    assert bar_rows(found) == []
