"""The contract of when Dockerfiles were read, over each database and the fake."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provider.ports import ReadTimes
from provider.store.operations.read_times import SqlReadTimes
from tests.databases import KINDS, migrated_engine
from tests.fakes.read_times import FakeReadTimes
from tests.provider.store.samples import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(params=["fake", *KINDS])
def times(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReadTimes]:
    """An empty store of each kind."""
    if request.param == "fake":
        yield FakeReadTimes()
        return
    with migrated_engine(request.param, tmp_path) as engine:
        yield SqlReadTimes(engine)


def test_the_last_time_counts(times: ReadTimes) -> None:
    """A process that began to read earlier, and ended later, changes nothing."""
    assert times.all() == {}
    times.note(["portal", "node"], NOW)
    times.note([], NOW)
    times.note(["portal"], NOW + HOUR)
    times.note(["portal", "node"], NOW - HOUR)

    assert times.all() == {"portal": NOW + HOUR, "node": NOW}
    times.note(["node"], NOW + HOUR / 2)
    assert times.all() == {"portal": NOW + HOUR, "node": NOW + HOUR / 2}


def test_a_removed_image_is_forgotten(times: ReadTimes) -> None:
    """Others stay, and one that is not known is no error."""
    times.note(["portal", "node"], NOW)
    times.forget(["portal", "unknown"])
    times.forget([])

    assert times.all() == {"node": NOW}


def test_ten_thousand_images_are_noted(times: ReadTimes) -> None:
    """In one call."""
    names = [f"app-{number}" for number in range(10_000)]
    times.note(names, NOW)

    assert times.all().keys() == set(names)
