"""Tests of times as text."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.times import rfc3339, rfc3339_exact, utc_day, utc_time

MORNING = datetime(2026, 11, 28, 9, 30, 5, 250_000, UTC)
ELSEWHERE = datetime(2026, 11, 29, 1, 30, 5, tzinfo=timezone(timedelta(hours=16)))


def test_machines_read_seconds_or_all_there_is() -> None:
    """In UTC with Z; microseconds appear only where there are any."""
    assert (rfc3339(MORNING), rfc3339(ELSEWHERE)) == ("2026-11-28T09:30:05Z", "2026-11-28T09:30:05Z")
    assert rfc3339_exact(MORNING) == "2026-11-28T09:30:05.250000Z"
    assert rfc3339_exact(ELSEWHERE) == "2026-11-28T09:30:05Z"


def test_people_read_utc() -> None:
    """Whatever the zone of the moment."""
    assert (utc_time(MORNING), utc_time(ELSEWHERE)) == ("2026-11-28 09:30:05 UTC", "2026-11-28 09:30:05 UTC")
    assert (utc_day(ELSEWHERE), utc_day(ELSEWHERE, with_year=False)) == ("28 Nov 2026", "28 Nov")


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_can_be_read_back(moment: datetime) -> None:
    """Exactly, or to the second."""
    assert datetime.fromisoformat(rfc3339_exact(moment)) == moment
    assert datetime.fromisoformat(rfc3339(moment)) == moment.replace(microsecond=0)


def test_the_zone_of_the_machine_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine in Tokyo the texts are in UTC too."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    moment = datetime(2026, 11, 28, 20, 0, 0, 5, tzinfo=UTC)
    try:
        texts = rfc3339(moment), rfc3339_exact(moment), utc_time(moment), utc_day(moment)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert texts == ("2026-11-28T20:00:00Z", "2026-11-28T20:00:00.000005Z", "2026-11-28 20:00:00 UTC", "28 Nov 2026")
