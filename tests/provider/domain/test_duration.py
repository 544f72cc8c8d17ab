"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provider.domain.duration import LONGEST, InvalidDuration, parse_duration, print_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("1s", timedelta(seconds=1)),
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("3650d", timedelta(days=3650)),
    ],
)
def test_a_number_and_a_unit_is_a_duration(text: str, duration: timedelta) -> None:
    """Each unit means what it says."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["7x", "", "7", "d", "-1d", "1.5h", "7d ", "7d\n", "7 d", "7D", "1h30m", "\u0667d", "9" * 5000]
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    """The message repeats the text, shortened, and shows what to write."""
    with pytest.raises(InvalidDuration) as refused:
        parse_duration(text)

    assert str(refused.value) == f"{text[:40]!r} is not a duration; write for example 12h, 7d or 2w"


@pytest.mark.parametrize(
    ("text", "words"), [("0d", "at least 1s"), ("3651d", "at most 3650d"), ("9999999999w", "at most 3650d")]
)
def test_a_duration_has_bounds(text: str, words: str) -> None:
    """Nothing is shorter than a second, or so long that a date would leave the calendar."""
    with pytest.raises(InvalidDuration, match=words):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(days=7), "7d"),
        (timedelta(days=8), "8d"),
        (timedelta(days=14), "2w"),
        (timedelta(hours=36), "36h"),
        (timedelta(minutes=90), "90m"),
        (timedelta(seconds=61), "61s"),
    ],
)
def test_the_largest_unit_that_divides_is_printed(duration: timedelta, text: str) -> None:
    """A duration is as short to read as it can be; one week is the seven days of the documentation."""
    assert print_duration(duration) == text


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(seconds=-1), timedelta(seconds=1.5)])
def test_what_cannot_be_parsed_is_not_printed(duration: timedelta) -> None:
    """Parts of a second, nothing and less have no written form."""
    with pytest.raises(ValueError, match="whole number of seconds"):
        print_duration(duration)


@given(st.integers(1, int(LONGEST.total_seconds())).map(lambda seconds: timedelta(seconds=seconds)))
@example(LONGEST)
def test_what_is_printed_is_parsed_back(duration: timedelta) -> None:
    """Printing loses nothing."""
    assert parse_duration(print_duration(duration)) == duration


@given(st.text())
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    """No text does anything else, and what is a duration is within its bounds."""
    try:
        duration = parse_duration(text)
    except InvalidDuration:
        return
    assert timedelta(seconds=1) <= duration <= LONGEST
