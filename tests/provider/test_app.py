"""Tests of how the parts are put together."""

from datetime import timedelta
from pathlib import Path

import pytest

from provider.app import create_app, jobs_url, periods_of
from provider.settings import read_settings


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
    assert jobs_url(read_settings({"IMAGE_FACTORY_DATABASE_URL": database})) == jobs


def test_what_is_under_way_is_followed_at_least_as_often() -> None:
    """Every fifteen seconds, or as often as everything."""
    assert periods_of(read_settings({})) == (timedelta(minutes=15), timedelta(seconds=15))
    often = timedelta(seconds=2)
    assert periods_of(read_settings({"IMAGE_FACTORY_CHECK_INTERVAL": "2s"})) == (often, often)


def test_the_web_part_answers_from_an_empty_database(tmp_path: Path) -> None:
    """It is alive, has no image, and is not ready before a worker has spoken."""
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})
    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/images").get_json()["total"] == 0
    assert client.get("/readyz").status_code == 503
