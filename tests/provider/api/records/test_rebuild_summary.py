"""Tests of /api/v1/rebuilds/summary and of its metrics."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from catalog.image import Conclusion, RebuildDocument, Status
from provider.store.engine import migrate, open_engine
from provider.store.image_histories import SqlImageHistories
from provider.store.images import SqlImageIndex
from tests.provider.web_images import NOW, managed, rebuild
from tests.provider.web_part import web

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_SECONDS_OF_A_DAY = 86_400


def took(days: int, name: str, **others: object) -> RebuildDocument:
    """A rebuild of today that ended as many days after its base changed, one hour after the delay was over."""
    made = rebuild(0, id=name, **others)
    causes = tuple(replace(cause, first_seen=NOW - days * DAY, eligible_at=NOW - HOUR) for cause in made.causes)
    return replace(made, causes=causes)


@pytest.fixture(name="client")
def made_client(tmp_path: Path) -> Iterator[FlaskClient]:
    """Twelve rebuilds that took one to twelve days, others of each kind, and three images that are behind."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    asked = took(1, "asked", requested_by="user:default/mia, user:default/ben", cve="CVE-2026-1")
    failed = rebuild(1, id="failed", conclusion=Conclusion.FAILURE, requested_by="user:default/mia")
    running = rebuild(0, id="running", conclusion=None, completed_at=None)
    old = rebuild(30, id="old")
    index = SqlImageIndex(engine)
    index.replace(
        [
            managed("app", rebuilds=tuple(took(days, f"r{days:02}") for days in range(1, 13))),
            managed("shop", owner="group:default/b", rebuilds=(asked, failed, running, old)),
            managed("late", behind_since=NOW - 9 * DAY, status=Status.HELD),
            managed("later", behind_since=NOW - 3 * DAY, owner="group:default/b", status=Status.WAITING),
            managed("now", behind_since=NOW, status=Status.WAITING),
        ],
        {},
    )
    yield web(index, histories=SqlImageHistories(engine)).test_client()
    engine.dispose()


def summary(client: FlaskClient, query: str = "") -> Any:
    """The answer."""
    answer = client.get(f"/api/v1/rebuilds/summary?{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_rebuilds_are_counted_by_result_and_by_who_asked(client: FlaskClient) -> None:
    """A rebuild that two people asked for counts for both."""
    found = summary(client)

    assert found["total"] == 16
    assert found["conclusions"] == {"success": 14, "failure": 1, "cancelled": 0, "timedOut": 0, "running": 1}
    assert found["requestedBy"] == [
        {"caller": "image-factory", "count": 14},
        {"caller": "user:default/mia", "count": 2},
        {"caller": "user:default/ben", "count": 1},
    ]


def test_times_are_those_of_rebuilds_that_succeeded(client: FlaskClient) -> None:
    """The median and the 90th percentile are times of rebuilds; what came after the delay is counted beside them."""
    found = summary(client, "image=app")

    days = [found["moveToRebuild"][name] / _SECONDS_OF_A_DAY for name in ("medianSeconds", "ninetiethSeconds")]
    assert days == [6, 11]
    assert found["moveToRebuild"]["count"] == 12
    assert found["moveToRebuild"]["longestSeconds"] == 12 * _SECONDS_OF_A_DAY
    assert set(found["beyondDelay"].values()) == {12, 3600}


def test_the_ten_slowest_are_named(client: FlaskClient) -> None:
    """The longest is first, with the times that it consists of."""
    found = summary(client, "image=app")["slowest"]

    assert [each["id"] for each in found] == [f"r{days:02}" for days in range(12, 2, -1)]
    assert (found[0]["image"], found[0]["tookSeconds"], found[0]["beyondSeconds"]) == (
        "app",
        12 * _SECONDS_OF_A_DAY,
        3600,
    )
    assert (found[0]["movedAt"], found[0]["completedAt"]) == ("2026-02-26T12:00:00Z", "2026-03-10T12:00:00Z")
    assert found[0]["causes"][0]["eligibleAt"] == "2026-03-10T11:00:00Z"


def test_images_that_are_behind_are_named_whatever_the_period(client: FlaskClient) -> None:
    """The one that is behind for longest is first."""
    found = summary(client, "since=2026-03-10T12:00:00Z")

    assert found["behind"] == 3
    assert [each["image"] for each in found["longestBehind"]] == ["late", "later", "now"]
    assert found["longestBehind"][1] == {
        "image": "later",
        "owner": "group:default/b",
        "status": "waiting",
        "since": "2026-03-07T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("query", "total", "timed", "behind"),
    [
        ("since=2026-03-01T00:00:00Z", 15, 13, 3),
        ("until=2026-03-01T00:00:00Z", 1, 1, 3),
        ("owner=group:default/b", 4, 2, 1),
        ("owner=group:default/b,GROUP:default/team-a", 16, 14, 3),
        ("image=later", 0, 0, 1),
        ("requestedBy=user:default/mia", 2, 1, 3),
        ("cve=CVE-2026-1&image=shop", 1, 1, 0),
        ("owner=", 0, 0, 0),
    ],
)
def test_the_summary_is_that_of_the_list(client: FlaskClient, query: str, total: int, timed: int, behind: int) -> None:
    """It takes the same filters; without rebuilds there are no times."""
    found = summary(client, query)

    assert (found["total"], found["moveToRebuild"]["count"], found["behind"]) == (total, timed, behind)
    assert client.get(f"/api/v1/rebuilds?{query}").get_json()["total"] == total
    assert (found["moveToRebuild"]["medianSeconds"] is None) == (timed == 0)


@pytest.mark.parametrize("query", ["since=2026-03-01", "page=1", "format=csv", "conclusion=success", "image=a&image=b"])
def test_a_filter_that_it_does_not_take_is_refused(client: FlaskClient, query: str) -> None:
    """It would look as if it counted."""
    assert client.get(f"/api/v1/rebuilds/summary?{query}").status_code == 422


def _samples(client: FlaskClient) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_have_the_last_seven_days(client: FlaskClient) -> None:
    """They have the longest wait too, so that an alert needs no query of the database."""
    found = _samples(client)

    assert found["image_factory_recent_rebuilds", "success"] == 13
    assert found["image_factory_recent_rebuilds", "running"] == 1
    assert found["image_factory_move_to_rebuild_seconds", "0.5"] == 6 * _SECONDS_OF_A_DAY
    assert found["image_factory_move_to_rebuild_seconds", "1"] == 12 * _SECONDS_OF_A_DAY
    assert found["image_factory_beyond_delay_seconds", "0.9"] == 3600
    assert found["image_factory_images_behind", ""] == 3
    assert found["image_factory_oldest_behind_age_seconds", ""] == 9 * _SECONDS_OF_A_DAY


def test_metrics_without_rebuilds_have_no_percentiles(tmp_path: Path) -> None:
    """A zero would look like very fast rebuilds."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    found = _samples(web(SqlImageIndex(engine), histories=SqlImageHistories(engine)).test_client())
    engine.dispose()

    assert not [name for name, _ in found if name.endswith(("rebuild_seconds", "delay_seconds"))]
    assert found["image_factory_recent_rebuilds", "failure"] == 0
    assert found["image_factory_oldest_behind_age_seconds", ""] == 0
