"""Tests of sizes and durations."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.pages.amounts import size_label, span_label


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_960, "10 kB"),
        (118_400_000, "118 MB"),
        (999_600, "1.0 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_a_size_is_given_in_decimal_units(size: int, words: str) -> None:
    """The size is rounded, and registries use the same units."""
    assert size_label(size) == words


@given(st.integers(1000, 10**15))
def test_a_size_is_accurate_to_six_percent(size: int) -> None:
    """The label is within six percent of the size, and its number is below a thousand."""
    amount, unit = size_label(size).split()
    said = float(amount) * 1000 ** (1 + ["kB", "MB", "GB", "TB"].index(unit))
    assert abs(said - size) <= 0.06 * size
    assert float(amount) <= 1000


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(seconds=252), "4 min 12 s"),
        (timedelta(hours=2, seconds=59), "2 h"),
        (timedelta(days=1, hours=4, minutes=59), "1 d 4 h"),
    ],
)
def test_a_duration_is_given_in_its_two_largest_units(span: timedelta, words: str) -> None:
    """The duration is rounded down."""
    assert span_label(span) == words
