"""The contract of the histories of all images, over each database."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.image import Conclusion, Image, UpdateDocument
from provider.operation_ports import HistoryFilter, ImageHistories
from provider.ports import ImageIndex, Place
from provider.store.image_histories import SqlImageHistories
from provider.store.images import SqlImageIndex
from tests.databases import KINDS, migrated_engine
from tests.provider.store.samples import DIGEST, NOW, base, full, managed

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """The histories, and the index that fills them."""

    histories: ImageHistories
    index: ImageIndex


@pytest.fixture(params=KINDS)
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stored]:
    """The histories of two teams' images: six rebuilds, and three digests."""
    every = [_built("app", 0, 2), _built("api", 1, 2, 3), replace(_built("shop", 2), owner="group:default/b"), _moved()]
    with migrated_engine(request.param, tmp_path) as engine:
        index = SqlImageIndex(engine)
        index.replace(every, {})
        yield Stored(SqlImageHistories(engine), index)


def _built(name: str, *hours: int) -> Image:
    """An image that was rebuilt so many hours before now; the rebuild of hour 3 failed, that of hour 0 is running."""
    (some, _) = full().rebuilds
    ends = {3: Conclusion.FAILURE, 0: None}
    return replace(
        managed(name),
        rebuilds=tuple(
            replace(
                some,
                id=f"{name}-{hour}",
                requested_at=NOW - hour * HOUR,
                conclusion=ends.get(hour, Conclusion.SUCCESS),
            )
            for hour in hours
        ),
    )


def _moved() -> Image:
    times = (NOW - timedelta(days=number) for number in (9, 5, 5))
    return replace(
        base("node"),
        updates=tuple(UpdateDocument(DIGEST, None, at, None, "poll", False, ("linux/amd64",)) for at in times),
    )


def _ids(stored: Stored, wanted: HistoryFilter) -> list[str]:
    page = stored.histories.rebuilds(wanted, 1, 100)
    ids = [found.rebuild.id for found in page.items]
    assert page.total == len(ids)
    assert [found.rebuild.id for found in stored.histories.every_rebuild(wanted)] == ids
    assert all(found.rebuild.id.startswith(f"{found.image}-") for found in page.items)
    return ids


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (HistoryFilter(), ["app-0", "api-1", "shop-2", "app-2", "api-2", "api-3"]),
        (HistoryFilter(since=NOW - 2 * HOUR), ["app-0", "api-1", "shop-2", "app-2", "api-2"]),
        (HistoryFilter(until=NOW - 2 * HOUR), ["api-3"]),
        (HistoryFilter(since=NOW - 2 * HOUR, until=NOW - HOUR), ["shop-2", "app-2", "api-2"]),
        (HistoryFilter(since=NOW, until=NOW), []),
        (HistoryFilter(owner="group:default/b"), ["shop-2"]),
        (HistoryFilter(owner="group:default/team-a\0"), []),
        (HistoryFilter(conclusion=Conclusion.FAILURE), ["api-3"]),
        (HistoryFilter(conclusion=Conclusion.CANCELLED), []),
        (HistoryFilter(owner="group:default/team-a", conclusion=Conclusion.SUCCESS), ["api-1", "app-2", "api-2"]),
    ],
)
def test_rebuilds_are_filtered_and_newest_first(stored: Stored, wanted: HistoryFilter, ids: list[str]) -> None:
    """`since` is included and `until` is not; equal times are ordered by image and id."""
    assert _ids(stored, wanted) == ids


def test_a_rebuild_is_read_as_it_was_written(stored: Stored) -> None:
    """It has all its fields, with its causes."""
    app = _built("app", 0)
    stored.index.replace([app], {})

    assert [found.rebuild for found in stored.histories.rebuilds(HistoryFilter(), 1, 9).items] == list(app.rebuilds)


def test_digests_are_newest_first(stored: Stored) -> None:
    """Digests that were first seen at the same time keep the order of their history, the last one first."""
    page = stored.histories.updates(HistoryFilter(since=NOW - timedelta(days=5)), 1, 9)

    assert [found.update for found in page.items] == [*_moved().updates[:0:-1]]
    assert {found.image for found in page.items} == {"node"}
    assert [found.update for found in stored.histories.every_update(HistoryFilter())] == [*_moved().updates[::-1]]
    assert stored.histories.updates(HistoryFilter(owner="group:default/b"), 1, 9).total == 0


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_cursors_and_pages_lead_through_the_list_once(stored: Stored, size: int) -> None:
    """A rebuild that is added between two pages moves no other one."""
    every = _ids(stored, HistoryFilter())
    page = stored.histories.rebuilds(HistoryFilter(), 1, size)
    found = [each.rebuild.id for each in page.items]
    numbered = [
        each.rebuild.id
        for number in range(1, 8)
        for each in stored.histories.rebuilds(HistoryFilter(), number, size).items
    ]
    stored.index.replace([_built("app", -1, 0, 2), _built("api", 1, 2, 3), _built("shop", 2)], {})
    while page.end:
        page = stored.histories.rebuilds(HistoryFilter(), 1, size, page.end)
        found += [each.rebuild.id for each in page.items]

    assert found == numbered == every


@pytest.mark.parametrize(
    "place",
    [Place("soon", "app x"), Place("2026-01-01T00:00:00", "app x"), Place(NOW.isoformat(), "app"), Place("", "")],
)
def test_a_place_of_another_list_is_refused(stored: Stored, place: Place) -> None:
    """It is no server error."""
    with pytest.raises(ValueError, match=r".+"):
        stored.histories.rebuilds(HistoryFilter(), 1, 2, place)


def test_histories_follow_their_images(stored: Stored) -> None:
    """The rebuilds of a removed image are removed, and a change of its status alone writes no history."""
    stored.index.replace([replace(_built("app", 0, 2), title="Moved")], {})
    assert _ids(stored, HistoryFilter()) == ["app-0", "app-2"]
    stored.index.replace([_built("app", 2)], {})
    assert _ids(stored, HistoryFilter()) == ["app-2"]
    stored.index.replace([], {})
    assert _ids(stored, HistoryFilter()) == []


def test_a_long_list_is_read_in_parts(stored: Stored) -> None:
    """An export has every rebuild once."""
    stored.index.replace([_built(f"app{number}", *range(60)) for number in range(20)], {})
    ids = [found.rebuild.id for found in stored.histories.every_rebuild(HistoryFilter())]

    assert len(ids) == len(set(ids)) == 1200


def test_rebuilds_are_counted_and_timed(stored: Stored) -> None:
    """Each database gives the same numbers; the samples end an hour after they are requested."""
    some = _built("app", 1, 2, 3)
    ended = tuple(
        replace(each, completed_at=NOW, requested_by=by, causes=(replace(each.causes[0], first_seen=NOW - HOUR * 5),))
        for each, by in zip(some.rebuilds, ("mia, ben", "image-factory", "ben"), strict=True)
    )
    stored.index.replace([replace(some, rebuilds=ended, behind_since=NOW), _built("api", 0)], {})
    found = stored.histories.summary(HistoryFilter())

    assert (found.total, found.running) == (4, 1)
    assert (found.conclusions[Conclusion.SUCCESS], found.conclusions[Conclusion.FAILURE]) == (2, 1)
    assert dict(found.requesters) == {"ben": 2, "image-factory": 1, "mia": 1, "schedule": 1}
    assert (found.took.count, found.took.median, found.beyond.longest) == (2, 5 * HOUR, 5 * HOUR)
    assert [slow.rebuild.id for slow in found.slowest] == ["app-1", "app-2"]
    assert [(waiting.image, waiting.since) for waiting in found.longest_behind] == [("app", NOW)]
    assert stored.histories.summary(HistoryFilter(image="none")).took.count == 0


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (HistoryFilter(requested_by="Mia"), ["app-1"]),
        (HistoryFilter(requested_by="m_a"), []),
        (HistoryFilter(cve="cve-2026-1"), ["app-1"]),
        (HistoryFilter(cve="cve-2026-"), []),
        (HistoryFilter(cve="100%/cve"), ["app-2"]),
        (HistoryFilter(image="app", owner=("x", "Group:Default/Team-A")), ["app-1", "app-2"]),
    ],
)
def test_rebuilds_are_found_by_who_asked_and_why(stored: Stored, wanted: HistoryFilter, ids: list[str]) -> None:
    """One of several values is enough, and no character has a meaning of its own."""
    first, second = _built("app", 1, 2).rebuilds
    asked = replace(first, requested_by="jane, mia", cve="CVE-2026-1, CVE-2026-12")
    stored.index.replace([replace(_built("app"), rebuilds=(asked, replace(second, cve="100%/CVE")))], {})

    assert _ids(stored, wanted) == ids


def test_changes_of_base_images_alone(stored: Stored) -> None:
    """A baseline is no change, and the digest of a managed image is that of a rebuild."""
    stored.index.replace([_moved(), replace(_built("app"), updates=_moved().updates)], {})
    found = stored.histories.updates(HistoryFilter(moves=True), 1, 9)

    assert [each.image for each in found.items] == ["node", "node"]
    assert stored.histories.updates(HistoryFilter(image="app", moves=True), 1, 9).total == 0


def test_dependents_are_counted(stored: Stored) -> None:
    """An image that depends on a base twice counts once; a base without dependents is missing."""
    stored.index.replace([base("node"), managed("app", "node", "go", "node"), managed("api", "node")], {})

    assert dict(stored.histories.dependents(["node", "go", "none", "\0"])) == {"node": 2, "go": 1}
    assert dict(stored.histories.dependents([])) == {}
