"""Tests of the schedule."""

from datetime import UTC, datetime, timedelta
from unittest.mock import create_autospec

import pytest

from provider.composition.schedule import AT_THE_START, PUSH, part_periods, periods
from provider.jobs.process_locks import jobs_url
from provider.notifications.message_worker import MessageWorker
from provider.services.catalog_push.pushes import CatalogPushes
from provider.services.health import BACKSTAGE, FOLLOW, MESSAGES, REACTIONS, RELEASES, WORKER
from provider.services.reacting.pulling import ConfigPulls
from provider.services.reports import Reports
from provider.services.webhook_upkeep.upkeep import WebhookUpkeep
from provider.services.worker import Worker
from provider.settings import read_settings
from provider.tracker.services.poll_round import PollRound
from tests.provider.services.test_health import RecordedBeats


@pytest.mark.parametrize(
    ("database", "jobs"),
    [
        ("sqlite:////srv/factory.db", "sqlite:////srv/jobs.db"),
        ("sqlite:///data/factory.db", "sqlite:///data/jobs.db"),
        ("postgresql+psycopg://jane@db/factory", "postgresql+psycopg://jane@db/factory"),
    ],
)
def test_queues_have_a_separate_file_or_share_the_server(database: str, jobs: str) -> None:
    """The file is beside a SQLite database; with PostgreSQL the database is shared."""
    assert jobs_url(database) == jobs


def every(**environ: str) -> dict[str, timedelta]:
    """The interval of each period with these settings."""
    settings = read_settings({f"IMAGE_FACTORY_{name}": value for name, value in environ.items()})
    worker, releases = create_autospec(Worker, instance=True), create_autospec(PollRound, instance=True)
    messages = create_autospec(MessageWorker, instance=True)
    pulls, upkeep = create_autospec(ConfigPulls, instance=True), create_autospec(WebhookUpkeep, instance=True)
    reports = create_autospec(Reports, instance=True)
    every = settings, worker, pulls, releases, messages, upkeep, reports
    found = periods(*every, remove_old=lambda: None, pushes=create_autospec(CatalogPushes, instance=True), hook=None)
    return {period.name: period.every for period in found}


def test_running_builds_are_followed_at_least_as_often_as_everything_else() -> None:
    """They are followed every fifteen seconds, or more often with a shorter check interval."""
    usual, often = every(), every(CHECK_INTERVAL="2s")
    assert (usual["round"], usual["follow"]) == (timedelta(minutes=15), timedelta(seconds=15))
    assert (often["round"], often["follow"]) == (timedelta(seconds=2), timedelta(seconds=2))


def test_lost_webhooks_are_asked_for_every_ten_minutes() -> None:
    """And soon after a start."""
    assert every()["webhooks"] == timedelta(minutes=10)
    assert "webhooks" in AT_THE_START


def test_tracker_the_poll_frequency_is_a_setting() -> None:
    """Due repositories are polled within a minute, or within the poll interval if that is shorter."""
    assert every()["poll"] == timedelta(minutes=1)
    assert every(POLL_INTERVAL="5s")["poll"] == timedelta(seconds=5)


def test_each_part_reports_in_its_own_name() -> None:
    """What /readyz waits for is what the worker reports, with the same periods."""
    url, token = "https://backstage.example.com", "a-token-for-backstage"
    settings = read_settings({"IMAGE_FACTORY_BACKSTAGE_URL": url, "IMAGE_FACTORY_BACKSTAGE_TOKEN": token})
    worker, releases = create_autospec(Worker, instance=True), create_autospec(PollRound, instance=True)
    messages, beats = create_autospec(MessageWorker, instance=True), RecordedBeats()
    pulls, upkeep = create_autospec(ConfigPulls, instance=True), create_autospec(WebhookUpkeep, instance=True)
    reports = Reports(beats, lambda: datetime(2026, 3, 1, tzinfo=UTC))
    every = settings, worker, pulls, releases, messages, upkeep, reports
    found = periods(*every, remove_old=lambda: None, pushes=create_autospec(CatalogPushes, instance=True), hook=None)
    for period in found:
        period.run()

    assert [beat.part for beat in beats.beats()] == [RELEASES, MESSAGES, BACKSTAGE]
    assert dict(part_periods(settings)) == {
        WORKER: timedelta(minutes=15),
        FOLLOW: timedelta(seconds=15),
        REACTIONS: timedelta(seconds=30),
        RELEASES: timedelta(minutes=1),
        MESSAGES: timedelta(minutes=1),
        BACKSTAGE: timedelta(minutes=1),
    }


@pytest.mark.parametrize("environ", [{}, {"IMAGE_FACTORY_BACKSTAGE_URL": "https://backstage.example.com"}])
def test_without_a_token_nothing_is_pushed_to_backstage(environ: dict[str, str]) -> None:
    """There is no period for it, and /readyz waits for no report of it."""
    settings = read_settings(environ)
    worker, releases = create_autospec(Worker, instance=True), create_autospec(PollRound, instance=True)
    messages, reports = create_autospec(MessageWorker, instance=True), create_autospec(Reports, instance=True)
    pulls, upkeep = create_autospec(ConfigPulls, instance=True), create_autospec(WebhookUpkeep, instance=True)
    every = settings, worker, pulls, releases, messages, upkeep, reports
    found = periods(*every, remove_old=lambda: None, pushes=None, hook=None)

    assert PUSH not in [period.name for period in found]
    assert BACKSTAGE not in part_periods(settings)


def test_a_change_of_the_catalog_is_pushed_soon_after_a_start() -> None:
    """And a run of a minute watches for changes."""
    assert every()[PUSH] == timedelta(minutes=1)
    assert PUSH in AT_THE_START
