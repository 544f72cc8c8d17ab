"""Tests of the bar of statuses."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import Status
from provider.pages.overview.bar import NARROWEST, WIDTH, bar_parts

SHOWN = [status for status in Status if status is not Status.WATCHED]


def test_the_bar_begins_with_what_is_up_to_date() -> None:
    """What fails is at its end; a status without images has no part."""
    found = bar_parts({Status.FAILED: 1, Status.UP_TO_DATE: 2, Status.HELD: 1, Status.ERROR: 0})
    assert [(part.status, part.count, part.begin, part.width) for part in found] == [
        (Status.UP_TO_DATE, 2, 0, 500),
        (Status.HELD, 1, 500, 250),
        (Status.FAILED, 1, 750, 250),
    ]


@pytest.mark.parametrize("counts", [{}, {Status.UP_TO_DATE: 0}])
def test_without_images_there_is_no_bar(counts: dict[str, int]) -> None:
    """Nothing is divided by zero."""
    assert bar_parts(counts) == []


@given(st.dictionaries(st.sampled_from(SHOWN), st.integers(1, 100_000), min_size=1))
def test_the_parts_fill_the_bar(counts: dict[str, int]) -> None:
    """Without gaps, and one image among thousands can still be seen."""
    parts = bar_parts(counts)
    assert {part.status for part in parts} == counts.keys()
    assert parts[-1].begin + parts[-1].width == pytest.approx(WIDTH, abs=0.5)
    for before, after in pairwise(parts):
        assert before.begin + before.width == pytest.approx(after.begin, abs=0.2)
    assert min(part.width for part in parts) >= NARROWEST * 0.9
