"""Tests of the health that /readyz shows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from provider.ports import Beat
from provider.services.health import ServiceHealth
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


def parts(beats: RecordedBeats, minutes: int) -> dict[str, str | None]:
    """The cause of each part; None for a part that works."""
    health = ServiceHealth(FakeImageIndex(), beats, lambda: NOW, timedelta(minutes=minutes))
    found = health.parts()
    assert all(part.able == (part.cause is None) for part in found)
    return {part.name: part.cause for part in found}


@pytest.mark.parametrize(("minutes", "patience"), [(15, timedelta(minutes=45)), (0, timedelta(minutes=2))])
def test_a_worker_is_missing_after_three_rounds(minutes: int, patience: timedelta) -> None:
    """A worker counts as missing one second after three check intervals, and never before two minutes."""
    assert parts(RecordedBeats(Beat("worker", NOW - patience)), minutes) == {"database": None, "worker": None}
    late = parts(RecordedBeats(Beat("worker", NOW - patience - timedelta(seconds=1))), minutes)
    assert "check that it is running" in str(late["worker"])


def test_the_problem_of_the_worker_is_shown() -> None:
    """The cause is the worker's own message, or that it has not finished a round yet."""
    assert parts(RecordedBeats(Beat("worker", NOW, "no disk")), 1)["worker"] == "no disk"
    assert "no worker has finished a round yet" in str(parts(RecordedBeats(), 1)["worker"])


def test_the_message_of_a_database_error_is_not_shown() -> None:
    """Only the class of the error is shown, because its message may contain an address."""
    assert parts(RecordedBeats(gone=True), 1) == {"database": "OSError: it does not answer"}
