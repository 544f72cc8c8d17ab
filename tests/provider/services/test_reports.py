"""Tests of what the parts of the worker report."""

from datetime import UTC, datetime, timedelta

import pytest

from provider.ports import Beat
from provider.services.health import NOTICE
from provider.services.reports import Reports
from tests.provider.services.test_health import RecordedBeats

START = datetime(2026, 3, 1, tzinfo=UTC)


class Hands:
    """A clock that the test sets."""

    now = START


def test_a_finished_round_is_reported() -> None:
    """Each one, with its own time."""
    beats, hands, worked = RecordedBeats(), Hands(), []
    work = Reports(beats, lambda: hands.now).around("releases", lambda: worked.append(hands.now))
    work()
    hands.now += timedelta(seconds=1)
    work()

    assert worked == [START, hands.now]
    assert beats.beats() == (Beat("releases", START), Beat("releases", hands.now))


def test_an_error_is_reported_and_raised() -> None:
    """By its class alone, because its message may contain a secret."""
    beats = RecordedBeats()

    def broken() -> None:
        raise ZeroDivisionError("hunter2")

    with pytest.raises(ZeroDivisionError):
        Reports(beats, lambda: START).around("messages", broken)()
    assert beats.beats() == (Beat("messages", START, "ZeroDivisionError: see the log"),)


def test_progress_is_reported_every_ten_seconds() -> None:
    """A long round that gets on is not late; each part has its own times."""
    beats, hands = RecordedBeats(), Hands()
    reports = Reports(beats, lambda: hands.now)
    for _ in range(25):
        reports.progress("releases")
        hands.now += timedelta(seconds=1)
    reports.progress("messages")

    assert [(beat.part, (beat.at - START).total_seconds()) for beat in beats.beats()] == [
        ("releases", 0),
        ("releases", 10),
        ("releases", 20),
        ("messages", 25),
    ]
    hands.now = START
    reports.progress("messages")
    assert beats.beats()[-1] == Beat("messages", START)


def test_a_notice_is_reported_at_once_and_until_it_ends() -> None:
    """With each report of its part, also at the end of a round."""
    beats, hands = RecordedBeats(), Hands()
    hands.now = START
    reports = Reports(beats, lambda: hands.now)
    for notice in ("", "", "refused", "refused", "lost", ""):
        reports.progress("backstage", notice)
        hands.now += timedelta(seconds=1)
    reports.progress("messages")
    reports.progress("backstage", "refused")
    reports.around("backstage", lambda: None)()
    notices = [beat.details.get(NOTICE) for beat in beats.beats() if beat.part == "backstage"]

    assert notices == [None, "refused", "lost", None, "refused", "refused"]
    assert {beat.problem for beat in beats.beats()} == {None}
