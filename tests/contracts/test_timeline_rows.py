"""The contract of the rows of timelines, over the fake and over each database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provider.operation_ports import AuditRecord, HistoryFilter
from provider.store.image_pages.timeline_rows import SqlTimelineRows
from provider.store.images import SqlImageIndex
from provider.store.operations.audit import SqlAuditLog
from provider.timeline_ports import TimelineRows
from tests.databases import KINDS, migrated_engine
from tests.fakes.image_index import FakeImageIndex
from tests.fakes.timeline_rows import FakeTimelineRows
from tests.provider.web_images import NOW, base, managed, rebuild, update

EVERYTHING = HistoryFilter()
APP = managed("app", "node", rebuilds=(rebuild(8), rebuild(1)), updates=(update(8, "e", None, 1), update(1, "f", "e")))
NODE = base("node", updates=(update(9, "a", None, 2), update(2, "c", "a")))
ACT = AuditRecord(NOW, "jane", "hold", "app", "done", "because", None)
ACTS = (
    replace(ACT, at=NOW - timedelta(minutes=2), action="release"),
    replace(ACT, outcome="not-allowed"),
    replace(ACT, name="node"),
    ACT,
)


@pytest.fixture(name="rows", params=["fake", *KINDS])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimelineRows]:
    """The rows of an image, its base, and another image."""
    every = [APP, NODE, managed("other", "node", rebuilds=(rebuild(3),), updates=(update(3, "b", None),))]
    if request.param == "fake":
        index = FakeImageIndex()
        index.replace(every, {})
        yield FakeTimelineRows(index, list(ACTS))
        return
    with migrated_engine(request.param, tmp_path) as engine:
        SqlImageIndex(engine).replace(every, {})
        records = SqlAuditLog(engine)
        for act in ACTS:
            records.note(act)
        yield SqlTimelineRows(engine)


def test_rows_of_the_image_and_its_bases_come_newest_first(rows: TimelineRows) -> None:
    """Each with its document; at the same time, digests come before the rebuild that made them."""
    found = rows.rows("app", ["node"], EVERYTHING, 100)
    assert [(row.key.source, row.key.image) for row in found] == [
        ("update", "app"),
        ("rebuild", "app"),
        ("update", "node"),
        ("update", "app"),
        ("rebuild", "app"),
        ("update", "node"),
    ]
    assert [row.document() for row in found[:3]] == [APP.updates[1], APP.rebuilds[1], NODE.updates[1]]
    assert rows.total("app", ["node"], EVERYTHING) == 6
    assert rows.total("app", [], EVERYTHING) == 4


def test_rows_continue_after_any_of_them(rows: TimelineRows) -> None:
    """Also between rows of one time."""
    found = rows.rows("app", ["node"], EVERYTHING, 100)
    for number, row in enumerate(found):
        rest = rows.rows("app", ["node"], EVERYTHING, 100, row.key)
        assert [each.key for each in rest] == [each.key for each in found[number + 1 :]]
    assert [each.key for each in rows.rows("app", ["node"], EVERYTHING, 2, found[0].key)] == [
        each.key for each in found[1:3]
    ]


def test_a_period_has_its_beginning_and_not_its_end(rows: TimelineRows) -> None:
    """For the rows and for their number."""
    period = HistoryFilter(since=NOW - timedelta(days=8), until=NOW - timedelta(days=1))
    assert [row.key.source for row in rows.rows("app", ["node"], period, 100)] == ["update", "update", "rebuild"]
    assert rows.total("app", ["node"], period) == 3


def test_acts_are_those_on_the_image_that_were_done(rows: TimelineRows) -> None:
    """Newest first, and no more than wanted."""
    assert [record.action for record in rows.acts("app", 10)] == ["hold", "release"]
    assert list(rows.acts("app", 1)) == [ACT]
    assert list(rows.acts("other", 10)) == []
