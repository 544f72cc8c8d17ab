"""Tests of what /readyz is told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from provider.ports import Beat
from provider.services.health import ServiceHealth
from tests.fakes.image_index import FakeImageIndex

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Told:
    """Beats in memory, or a database that is gone."""

    def __init__(self, *told: Beat, gone: bool = False) -> None:
        self._told = told
        self._gone = gone

    def beat(self, beat: Beat) -> None:
        """Keep it."""
        self._told = (*self._told, beat)

    def beats(self) -> Sequence[Beat]:
        """What was told."""
        if self._gone:
            raise OSError("password=hunter2")
        return self._told


def parts(beats: Told, minutes: int) -> dict[str, str | None]:
    """The cause of each part, None for one that is able."""
    health = ServiceHealth(FakeImageIndex(), beats, lambda: NOW, timedelta(minutes=minutes))
    found = health.parts()
    assert all(part.able == (part.cause is None) for part in found)
    return {part.name: part.cause for part in found}


@pytest.mark.parametrize(("minutes", "patience"), [(15, timedelta(minutes=45)), (0, timedelta(minutes=2))])
def test_a_worker_is_missed_after_three_looks(minutes: int, patience: timedelta) -> None:
    """At the last moment it is able, a second later it is not; never sooner than two minutes."""
    assert parts(Told(Beat("worker", NOW - patience)), minutes) == {"database": None, "worker": None}
    late = parts(Told(Beat("worker", NOW - patience - timedelta(seconds=1))), minutes)
    assert "check that it is running" in str(late["worker"])


def test_what_stops_the_worker_is_told() -> None:
    """Its own words; and where it never spoke, that."""
    assert parts(Told(Beat("worker", NOW, "no disk")), 1)["worker"] == "no disk"
    assert "no worker has finished a round yet" in str(parts(Told(), 1)["worker"])


def test_a_database_that_is_gone_keeps_its_words_to_itself() -> None:
    """Only the kind of the error is shown: its message may hold an address."""
    assert parts(Told(gone=True), 1) == {"database": "OSError: it does not answer"}
