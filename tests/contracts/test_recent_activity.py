"""What happened to images lately, over each database."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from catalog.image import Conclusion, Image
from provider.overview_ports import BaseChanges, ChangedBase, RecentRebuilds
from provider.store.images import SqlImageIndex
from provider.store.operations.recent_activity import SqlRecentActivity
from tests.databases import KINDS, migrated_engine
from tests.provider.web_images import NOW, base, digest, managed, rebuild, update

WEEK = NOW - timedelta(days=7)
PAYMENTS = "group:default/payments"


@pytest.fixture(name="engine", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind."""
    with migrated_engine(request.param, tmp_path) as engine:
        yield engine


def activity(engine: Engine, *images: Image) -> SqlRecentActivity:
    """What happened to these images."""
    SqlImageIndex(engine).replace(images, {})
    return SqlRecentActivity(engine)


def moved(name: str, *days: int) -> Image:
    """A base image that was first seen long ago, and that changed so many days ago."""
    changes = tuple(update(each, "a", "c") for each in days)
    return base(name, updates=(update(90, "c", None), *changes))


def test_changes_are_counted_and_the_last_ones_named(engine: Engine) -> None:
    """With how often each base image changed, when last, and how many images depend on it."""
    found = activity(
        engine, moved("node", 6, 3, 1), moved("debian", 2), moved("old", 8), managed("a", "node"), managed("b", "node")
    ).base_changes(WEEK, (), 5)
    assert found == BaseChanges(
        4,
        2,
        [
            ChangedBase("node", 3, NOW - timedelta(days=1), digest("a"), 2),
            ChangedBase("debian", 1, NOW - timedelta(days=2), digest("a"), 0),
        ],
    )


def test_all_changes_are_counted_where_only_some_are_named(engine: Engine) -> None:
    """The rest is in the full list."""
    found = activity(engine, *(moved(f"base-{days}", days) for days in range(1, 7))).base_changes(WEEK, (), 2)
    assert (found.total, found.bases, [each.name for each in found.latest]) == (6, 6, ["base-1", "base-2"])


@pytest.mark.parametrize(
    "image",
    [
        base("node", updates=(update(1, "a", None),)),
        moved("node", 8),
        moved("node"),
        managed("app", updates=(update(9, "a", None), update(1, "b", "a"))),
        base("node", digest=None),
    ],
    ids=["baseline", "before", "never", "rebuilt", "unread"],
)
def test_only_changes_of_base_images_in_the_period_count(engine: Engine, image: Image) -> None:
    """A first digest is no change, and the digest of a managed image changes by its rebuild."""
    assert activity(engine, image).base_changes(WEEK, (), 5) == BaseChanges()


def test_an_owner_sees_the_changes_of_what_the_own_images_depend_on(engine: Engine) -> None:
    """In any case; a base image of others is left out."""
    images = [moved("node", 1), moved("debian", 1), managed("a", "node", owner=PAYMENTS), managed("b", "debian")]
    found = activity(engine, *images).base_changes(WEEK, [PAYMENTS.upper()], 5)
    assert [each.name for each in found.latest] == ["node"]


def _names(found: RecentRebuilds) -> Sequence[str]:
    return [each.rebuild.id for each in found.latest]


def test_rebuilds_are_counted_by_conclusion(engine: Engine) -> None:
    """One that has not ended has none; the newest come first."""
    running = rebuild(0, conclusion=None, completed_at=None, status="running")
    failed = rebuild(2, conclusion=Conclusion.FAILURE)
    images = [managed("a", rebuilds=(rebuild(9), rebuild(3), running)), managed("b", rebuilds=(failed, rebuild(1)))]
    found = activity(engine, *images).rebuilds(WEEK, (), 3)
    assert (found.total, dict(found.by_conclusion)) == (4, {"success": 2, "failure": 1, "": 1})
    assert _names(found) == ["rebuild-0", "rebuild-1", "rebuild-2"]
    assert [each.image for each in found.latest] == ["a", "b", "b"]


def test_an_owner_sees_the_own_rebuilds(engine: Engine) -> None:
    """Those of others are not counted."""
    images = [managed("a", rebuilds=(rebuild(1),), owner=PAYMENTS), managed("b", rebuilds=(rebuild(2),))]
    assert _names(activity(engine, *images).rebuilds(WEEK, [PAYMENTS], 5)) == ["rebuild-1"]
    assert activity(engine, *images).rebuilds(WEEK, ["group:default/nobody"], 5) == RecentRebuilds({}, [])


def test_the_images_of_an_owner_are_found_among_names(engine: Engine) -> None:
    """A name that is not tracked, and one that no database can store, are of nobody."""
    found = activity(engine, managed("a", owner=PAYMENTS), managed("b"), replace(base("c"), owner=PAYMENTS))
    assert found.owned({"a", "b", "c", "gone", "\0"}, [PAYMENTS]) == {"a", "c"}
