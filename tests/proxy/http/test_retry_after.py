"""When a host allows the next request."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.http.retry_after import LEAST, MOST, delay_seconds, parse_limit, parse_retry_after, wait_of
from tests.proxy.clocks import NOW


def on_the_wire(text: str) -> str:
    """A header in UTF-8 as http.client returns it."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("2.5", 2.5),
        ("0", 1),
        ("999999", 3600),
        ("1795348800", 3600),
        (on_the_wire("880.092µs"), 1),
        (on_the_wire("880.092μs"), 1),
        ("880.092µs", 1),
        ("12ms", 1),
        ("1m30s", 90),
        ("2h", 3600),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 1),
    ],
)
def test_every_known_form_is_read(text: str, seconds: float) -> None:
    """Seconds, dates and Go durations are read, limited to between one second and one hour."""
    assert parse_retry_after(text, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "soon", "-5", "5 apples", "µs", "1e9", "9" * 400, "Sun, 99 Nov 2026 12:00:00 GMT"]
)
def test_an_unreadable_text_is_none(text: str) -> None:
    """A text in no known form gives no wait."""
    assert parse_retry_after(text, NOW) is None


@given(st.text(max_size=40))
def test_any_text_gives_a_sane_wait_or_none(text: str) -> None:
    """For any text, the wait is None or from one second to one hour."""
    wait = parse_retry_after(text, NOW)

    assert wait is None or LEAST <= wait <= MOST


@given(st.floats(0, 1e7), st.sampled_from(["ns", "µs", "ms", "s", "m", "h"]))
def test_any_go_duration_is_read(number: float, unit: str) -> None:
    """A Go duration is read as text and as its bytes arrive."""
    wait = parse_retry_after(on_the_wire(f"{number:.3f}{unit}"), NOW)

    assert wait is not None
    assert LEAST <= wait <= MOST


@given(st.datetimes(datetime(2026, 11, 22, 12, 0, 2), datetime(2026, 11, 22, 12, 59, 59)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_any_date_is_read(at: datetime) -> None:
    """A date within the next hour gives the time until then."""
    at = at.replace(microsecond=0, tzinfo=UTC)

    assert parse_retry_after(format_datetime(at, usegmt=True), NOW) == at - NOW


def test_docker_hub_s_own_header_is_a_time() -> None:
    """X-Retry-After is in seconds since 1970; Retry-After has precedence."""
    at = str(int(NOW.timestamp()) + 42)

    assert wait_of({"x-retry-after": at}, NOW) == timedelta(seconds=42)
    assert wait_of({"x-retry-after": at, "retry-after": "5"}, NOW) == timedelta(seconds=5)
    assert wait_of({"x-retry-after": "0"}, NOW) == LEAST
    assert wait_of({"x-retry-after": "soon"}, NOW) is None
    assert wait_of({}, NOW) is None


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("76;w=21600", (76, timedelta(hours=6))),
        ("100", (100, None)),
        ("10;policy=x;w=5", (10, timedelta(seconds=5))),
        ("many", None),
        ("", None),
    ],
)
def test_limits_are_number_and_window(text: str, limit: tuple[int, timedelta | None] | None) -> None:
    """The rate limit headers of Docker Hub are read."""
    assert parse_limit(text) == limit


@pytest.mark.parametrize(("wait", "seconds"), [(-3.0, 1), (0.0, 1), (1.2, 2), (40.0, 40), (40.4, 41)])
def test_a_wait_is_written_in_whole_seconds_that_are_not_too_early(wait: float, seconds: int) -> None:
    """Parts of a second are rounded up."""
    assert delay_seconds(timedelta(seconds=wait)) == seconds
