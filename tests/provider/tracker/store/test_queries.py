"""Tests of the queries for pages."""

from typing import Any

import pytest
from sqlalchemy import Engine, event

from provider.tracker.pages.repositories_query import SORTS
from provider.tracker.ports import RELEASE_SORTS, RepositoryFilter
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.contracts.tracker_subjects import NOW, fields
from tests.databases import ON_SQLITE


class Plans:
    """Records the query plans of SQLite for the queries of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asked: list[tuple[str, Any]] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _: object, __: object, statement: str, parameters: Any, ___: object, ____: object) -> None:
        if statement.startswith("SELECT"):
            self._asked.append((statement, parameters))

    def taken(self) -> list[list[str]]:
        """The plan of each query since the last call."""
        asked, self._asked = self._asked, []
        with self._engine.connect() as connection:
            return [
                [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
                for statement, parameters in asked
            ]


@ON_SQLITE
@pytest.mark.parametrize("order", ["", "-"])
def test_tracker_a_page_is_read_by_an_index_whatever_it_is_sorted_by(engine: Engine, order: str) -> None:
    """Every sort uses an index, so a page costs the same with a hundred and with a hundred thousand rows."""
    store = SqlTrackerStore(engine)
    number = store.add(fields("acme/app"), NOW).id
    plans = Plans(engine)
    for sort in SORTS:
        store.page(RepositoryFilter(sort=f"{order}{sort}"), 50)
        found, *rows = plans.taken()
        assert [step.partition(" USING ")[2].partition(" INDEX ")[0] for step in found] == ["COVERING"], (sort, found)
        _by_index(rows)
    for sort in RELEASE_SORTS:
        store.releases(number, 50, sort=f"{order}{sort}")
        read = plans.taken()
        _by_index(read)
        (found,) = (steps for steps in read if "COVERING" in steps[0])
        assert not any("TEMP B-TREE" in step for step in found), (sort, found)


def _by_index(plans: list[list[str]]) -> None:
    touching = [step for steps in plans for step in steps if "tracked_" in step]
    assert touching
    assert [step for step in touching if "INDEX" not in step and "PRIMARY KEY" not in step] == []
