"""Tests of the metrics and the problems of tracked repositories, as the web part answers them from its database."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provider.composition.parts import Parts, utc_now
from provider.composition.web import web_app
from provider.settings import read_settings
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.outcomes import PollFailure, UnchangedList
from provider.tracker.decisions.polling import after_poll
from provider.tracker.ports import RepositoryFields
from provider.tracker.store.tracker_store import SqlTrackerStore

HOUR = timedelta(hours=1)
ADDRESSES = (
    "acme/app",
    "acme/tool",
    "https://git.example.org/acme/lib.git",
    "ghcr.io/acme/image",
    "quay.io/acme/image",
)
GONE, LIMITED = PollFailure("404: no such repository"), PollFailure("slow down", utc_now() + HOUR)


@pytest.fixture(name="parts")
def opened(tmp_path: Path) -> Iterator[Parts]:
    """The parts of a service with an empty database."""
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})
    with Parts.open(settings) as parts:
        yield parts


def test_tracker_metrics_count_polls_by_type_host_and_outcome(parts: Parts) -> None:
    """With repositories by state, and the age of the oldest failure; hosts without repositories have no series."""
    store, now = SqlTrackerStore(parts.engine), utc_now()
    client = web_app(parts).test_client()
    ids = [store.add(RepositoryFields(url, parse_address(url)), now).id for url in ADDRESSES]
    outcomes: tuple[UnchangedList | PollFailure, ...] = (GONE, UnchangedList(), GONE, LIMITED, UnchangedList())
    for hours in (30, 1):
        polls = zip(ids, outcomes, strict=True)
        store.record([after_poll(now - hours * HOUR, store.get(each), (), outcome, HOUR) for each, outcome in polls])
    metrics = client.get("/metrics").text
    for line in (
        'image_factory_tracked_repositories{state="ok"} 2.0',
        'image_factory_tracked_repositories{state="error"} 2.0',
        'image_factory_tracked_repositories{state="waiting"} 1.0',
        'image_factory_tracked_repositories{state="never"} 0.0',
        'image_factory_tracked_repositories{state="dead"} 0.0',
        'image_factory_polls_total{host="github",outcome="failed",type="github"} 2.0',
        'image_factory_polls_total{host="github",outcome="ok",type="github"} 2.0',
        'image_factory_polls_total{host="git.example.org",outcome="failed",type="git"} 2.0',
        'image_factory_polls_total{host="ghcr.io",outcome="waiting",type="container"} 2.0',
        'image_factory_polls_total{host="quay.io",outcome="ok",type="container"} 2.0',
    ):
        assert line in metrics
    age = re.search(r"(?m)^image_factory_tracked_oldest_failure_age_seconds (\S+)", metrics)
    assert age is not None
    assert 30 * 3600 <= float(age[1]) < 30 * 3600 + 60

    store.remove(ids[4])
    store.remove(ids[2])
    metrics = client.get("/metrics").text
    assert 'host="ghcr.io"' in metrics
    assert 'host="quay.io"' not in metrics
    assert 'host="git.example.org"' not in metrics


def test_tracker_without_repositories_the_metrics_are_zero(parts: Parts) -> None:
    """So that an alert finds its series."""
    metrics = web_app(parts).test_client().get("/metrics").text
    assert 'image_factory_tracked_repositories{state="error"} 0.0' in metrics
    assert "image_factory_tracked_oldest_failure_age_seconds 0.0" in metrics


def test_tracker_repositories_that_fail_are_problems(parts: Parts) -> None:
    """With where, why, since when and what to do, also while their host limits requests; a rate limit is none."""
    store, now = SqlTrackerStore(parts.engine), utc_now()
    ids = [store.add(RepositoryFields(f"r{url}", parse_address(url)), now).id for url in ADDRESSES]
    for hours, outcomes in ((30, (GONE, GONE, LIMITED)), (1, (GONE, LIMITED, LIMITED))):
        at = now - hours * HOUR
        store.record([after_poll(at, store.get(ids[each]), (), outcomes[each], HOUR) for each in range(3)])
    for hours in range(100):
        store.record([after_poll(now + hours * HOUR, store.get(ids[3]), (), GONE, HOUR)])
    items = web_app(parts).test_client().get("/api/v1/problems").get_json()["items"]
    found = {each["name"]: each for each in items if each["kind"] == "repository"}
    assert found.keys() == {"racme/app", "racme/tool", "rghcr.io/acme/image"}
    first = found["racme/app"]
    assert (first["message"], first["where"]) == ("404: no such repository", "https://github.com/acme/app")
    assert first["since"][:16] == (now - 30 * HOUR).isoformat()[:16]
    assert found["racme/tool"]["message"] == "404: no such repository"
    assert "check the address" in first["remedy"]
    assert "it is polled once a day only" in found["rghcr.io/acme/image"]["remedy"]
