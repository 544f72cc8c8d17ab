"""Tests of the metrics about what waits, what was checked and what changed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from catalog.reference import Digest, ImageReference
from provider.api.measuring.work import WorkCollector
from provider.domain.asking.request import Outcome, PersonRequest, RequestKind
from provider.domain.events import ImagePushed
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.person_requests import SqlPersonRequests
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from provider.store.operations.work_records import SqlWorkRecords
from provider.webhook_ports import Delivery
from tests.provider.web_images import NOW, base, managed, update, varied_images

HOUR = timedelta(hours=1)


@pytest.fixture(name="engine")
def made_engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    yield engine
    engine.dispose()


def values(engine: Engine) -> dict[tuple[str, ...], float]:
    """The samples by the name after the prefix, and their labels."""
    registry = CollectorRegistry()
    registry.register(WorkCollector(SqlWorkRecords(engine), lambda: NOW))
    return {
        (sample.name.removeprefix("image_factory_"), *sample.labels.values()): sample.value
        for family in registry.collect()
        for sample in family.samples
    }


def test_an_empty_service_has_every_series_at_zero(engine: Engine) -> None:
    """So an alert finds them before anything happens."""
    found = values(engine)
    assert set(found.values()) == {0.0}
    assert {key[1] for key in found if key[0] == "queue_waiting"} == {"checks", "requests", "webhooks"}
    assert {key[1] for key in found if key[0] == "recent_digest_changes"} == {"managed", "base"}


def test_each_queue_has_its_length_and_the_age_of_its_oldest_request(engine: Engine) -> None:
    """What is done does not count."""
    checks, people, inbox = SqlCheckRequests(engine), SqlPersonRequests(engine), SqlWebhookInbox(engine)
    checks.ask((), NOW - HOUR)
    checks.ask(("portal",), NOW)
    for number, hours in enumerate((9, 3, 2)):
        asked = PersonRequest(f"r{number}", RequestKind.REBUILD, "portal", "security", "mia", NOW - hours * HOUR)
        people.ask(asked)
    people.close({"r0": Outcome(done=True, message="")}, NOW)
    pushed = (ImagePushed(ImageReference("ghcr.io", "acme/app", "latest"), Digest("sha256:" + "a" * 64)),)
    for number, hours in enumerate((5, 4)):
        inbox.take(Delivery("github", str(number), NOW - hours * HOUR, "package", pushed))
    inbox.done([1], "checked")
    inbox.take(Delivery("github", "star", NOW - 8 * HOUR, "star", reason="not used"))
    found = values(engine)
    assert {key[1]: value for key, value in found.items() if key[0] == "queue_waiting"} == {
        "checks": 2,
        "requests": 2,
        "webhooks": 1,
    }
    assert {key[1]: value / 3600 for key, value in found.items() if key[0] == "queue_oldest_age_seconds"} == {
        "checks": 1,
        "requests": 3,
        "webhooks": 4,
    }


def test_checks_of_images_that_are_tracked_count(engine: Engine) -> None:
    """One of a day ago does, an older one is the oldest, one of an image that is gone is nothing."""
    index = SqlImageIndex(engine)
    images = varied_images()[:3]
    index.replace(images, {})
    for image, hours in zip(images, (1, 23, 50), strict=True):
        index.checked([image.name], NOW - hours * HOUR)
    index.checked(["gone"], NOW - 900 * HOUR)
    found = values(engine)
    assert (found["images_checked",], found["oldest_check_age_seconds",] / 3600) == (2, 50)


def test_changes_are_counted_by_role_without_the_first_digest(engine: Engine) -> None:
    """Those of the last seven days: the first digest of an image, and older changes, do not count."""
    index = SqlImageIndex(engine)
    histories = {
        "node": (update(60, "d", None, 3), update(3, "a", "d")),
        "go": (update(9, "d", None, 8), update(8, "a", "d", 6), update(6, "b", "a", 1), update(1, "c", "b")),
        "new": (update(1, "d", None),),
    }
    images = [base(name, updates=updates) for name, updates in histories.items()]
    index.replace([*images, managed("app", updates=(update(5, "a", None, 2), update(2, "b", "a")))], {})
    found = values(engine)
    assert (found["recent_digest_changes", "base"], found["recent_digest_changes", "managed"]) == (3, 1)


def test_a_clock_that_was_set_back_gives_no_negative_age(engine: Engine) -> None:
    """A request from the future is as old as now."""
    SqlCheckRequests(engine).ask(("portal",), NOW + HOUR)
    assert values(engine)["queue_oldest_age_seconds", "checks"] == 0
