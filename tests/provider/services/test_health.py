"""Tests of the health that /readyz shows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from provider.ports import Beat
from provider.services.health import FOLLOW, MESSAGES, NOTICE, RELEASES, WORKER, ServiceHealth
from tests.fakes.image_index import FakeImageIndex

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class RecordedBeats:
    """Beats in memory, or a database that does not answer."""

    def __init__(self, *reported: Beat, gone: bool = False) -> None:
        self._reported = reported
        self._gone = gone

    def beat(self, beat: Beat) -> None:
        """Store the beat."""
        self._reported = (*self._reported, beat)

    def beats(self) -> Sequence[Beat]:
        """All beats that were stored."""
        if self._gone:
            raise OSError("password=hunter2")
        return self._reported


def parts(beats: RecordedBeats, minutes: int, name: str = "worker") -> dict[str, str | None]:
    """The cause of each part; None for a part that works."""
    health = ServiceHealth(FakeImageIndex(), beats, lambda: NOW, {name: timedelta(minutes=minutes)})
    found = health.parts()
    assert all(part.able == (part.cause is None) for part in found)
    return {part.name: part.cause for part in found}


@pytest.mark.parametrize("part", [WORKER, FOLLOW, RELEASES, MESSAGES])
@pytest.mark.parametrize(("minutes", "patience"), [(15, timedelta(minutes=30)), (0, timedelta(minutes=2))])
def test_a_part_is_late_after_two_of_its_periods(part: str, minutes: int, patience: timedelta) -> None:
    """It counts as late one second after two periods, and never before two minutes; the cause says both times."""
    assert parts(RecordedBeats(Beat(part, NOW - patience)), minutes, part) == {"database": None, part: None}
    late = parts(RecordedBeats(Beat(part, NOW - patience - timedelta(seconds=1))), minutes, part)
    seconds = int(patience.total_seconds()) + 1
    assert f"not finished a round for {seconds} s, and has to every {minutes * 60} s" in str(late[part])


def test_the_parts_are_late_each_for_itself() -> None:
    """A part that reports does not hide one that stands still, and the problem of one is not that of another."""
    health = ServiceHealth(
        FakeImageIndex(),
        RecordedBeats(Beat(WORKER, NOW - timedelta(hours=1)), Beat(FOLLOW, NOW), Beat(MESSAGES, NOW, "no token")),
        lambda: NOW,
        dict.fromkeys((WORKER, FOLLOW, RELEASES, MESSAGES), timedelta(minutes=1)),
    )
    found = {part.name: part.able for part in health.parts()}
    assert found == {"database": True, WORKER: False, FOLLOW: True, RELEASES: False, MESSAGES: False}


def test_the_problem_of_the_worker_is_shown() -> None:
    """The cause is the worker's own message, or that it has not finished a round yet."""
    assert parts(RecordedBeats(Beat("worker", NOW, "no disk")), 1)["worker"] == "no disk"
    assert "it has not finished a round yet" in str(parts(RecordedBeats(), 1)["worker"])


def test_a_notice_makes_no_part_unable() -> None:
    """It is shown as the cause of a part that works; a problem is shown before it."""
    notice = {NOTICE: "Backstage is away"}
    beats = RecordedBeats(Beat(WORKER, NOW, None, notice), Beat(FOLLOW, NOW, "no disk", notice))
    health = ServiceHealth(FakeImageIndex(), beats, lambda: NOW, dict.fromkeys((WORKER, FOLLOW), timedelta(minutes=1)))

    found = [(part.able, part.cause) for part in health.parts()]
    assert found == [(True, None), (True, "Backstage is away"), (False, "no disk")]


def test_the_message_of_a_database_error_is_not_shown() -> None:
    """Only the class of the error is shown, because its message may contain an address."""
    assert parts(RecordedBeats(gone=True), 1) == {"database": "OSError: it does not answer"}
