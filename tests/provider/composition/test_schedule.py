"""Tests of what runs when."""

from datetime import timedelta
from unittest.mock import create_autospec

import pytest

from provider.composition.schedule import jobs_url, periods
from provider.services.worker import Worker
from provider.settings import read_settings
from provider.tracker.services.worker import TrackerWorker


@pytest.mark.parametrize(
    ("database", "jobs"),
    [
        ("sqlite:////srv/factory.db", "sqlite:////srv/jobs.db"),
        ("sqlite:///data/factory.db", "sqlite:///data/jobs.db"),
        ("postgresql+psycopg://jane@db/factory", "postgresql+psycopg://jane@db/factory"),
    ],
)
def test_queues_have_a_file_of_their_own_or_share_the_server(database: str, jobs: str) -> None:
    """Beside a SQLite database; in the same PostgreSQL."""
    assert jobs_url(database) == jobs


def every(**environ: str) -> dict[str, timedelta]:
    """How often each period runs with these settings."""
    settings = read_settings({f"IMAGE_FACTORY_{name}": value for name, value in environ.items()})
    worker, tracker = create_autospec(Worker, instance=True), create_autospec(TrackerWorker, instance=True)
    return {period.name: period.every for period in periods(settings, worker, tracker)}


def test_what_is_under_way_is_followed_at_least_as_often() -> None:
    """Every fifteen seconds, or as often as everything."""
    usual, often = every(), every(CHECK_INTERVAL="2s")
    assert (usual["round"], usual["follow"]) == (timedelta(minutes=15), timedelta(seconds=15))
    assert (often["round"], often["follow"]) == (timedelta(seconds=2), timedelta(seconds=2))


def test_tracker_the_poll_frequency_is_a_setting() -> None:
    """What is due is polled within a minute, or within the frequency where that is shorter."""
    assert every()["poll"] == timedelta(minutes=1)
    assert every(POLL_INTERVAL="5s")["poll"] == timedelta(seconds=5)
