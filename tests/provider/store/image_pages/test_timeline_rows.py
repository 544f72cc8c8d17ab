"""How the rows of timelines are found; what they are is in tests/contracts/test_timeline_rows.py."""

from typing import Any

from sqlalchemy import Engine, event

from provider.operation_ports import HistoryFilter
from provider.store.image_pages.timeline_rows import SqlTimelineRows
from tests.databases import ON_SQLITE


@ON_SQLITE
def test_no_row_of_another_image_is_read(engine: Engine) -> None:
    """Histories and acts are found by an index that begins with the image."""
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
    rows = SqlTimelineRows(engine)
    rows.rows("app", ["node"], HistoryFilter(), 20)
    rows.total("app", ["node"], HistoryFilter())
    rows.acts("app", 20)
    queries = [found for found in asked if found[0].startswith("SELECT")]
    assert len(queries) == 3
    with engine.connect() as connection:
        for query, parameters in queries:
            explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters)
            plan = [row[3] for row in explained]
            read = [step for step in plan if any(name in step for name in ("image_rebuilds", "image_updates", "audit"))]
            assert read
            assert all(step.startswith("SEARCH") and ("image=?" in step or "name=?" in step) for step in read), read
