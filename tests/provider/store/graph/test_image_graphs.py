"""The dependency graph is read in a fixed number of queries."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from provider.store.graph.image_graphs import SqlImageGraphs
from provider.store.images import SqlImageIndex
from tests.provider.pages.base.base_world import NEW, NODE, OLD, world


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    """The queries that run inside."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("count", [3, 300])
def test_the_number_of_queries_is_the_same_for_any_number_of_images(engine: Engine, count: int) -> None:
    """Four for a graph, two for all dependents, one for the numbers of images by digest."""
    SqlImageIndex(engine).replace(world(count), {})
    graphs = SqlImageGraphs(engine)

    with _counted(engine) as queries:
        assert graphs.around("node-22", 10, 100) is not None
    assert len(queries) == 4
    with _counted(engine) as queries:
        assert len(graphs.dependents(NODE).edges) == count + 1
    assert len(queries) == 2
    with _counted(engine) as queries:
        assert graphs.built_from([OLD, NEW])[NEW] >= 1
    assert len(queries) == 1


def test_nothing_more_is_asked_where_nothing_depends_on_the_image(engine: Engine) -> None:
    """One query shows it."""
    SqlImageIndex(engine).replace([NODE], {})
    with _counted(engine) as queries:
        assert SqlImageGraphs(engine).dependents(NODE).edges == []
    assert len(queries) == 1
