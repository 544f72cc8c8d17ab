"""Find the ids of a page of repositories.

A query can match anywhere in a name, a url or notes. No index that both databases have can find that (SQLite's FTS5 and
PostgreSQL's pg_trgm are extensions, and each would need its own queries). So there are two strategies. A common text
fills a page from the next ten thousand repositories in sort order. Only for a rare text all texts are read, from a
narrow table of their own. A text with a digit can begin a version too: an index finds that for each repository,
whatever the number of its releases. With 100,000 repositories, a common text takes a few milliseconds and a rare one
some tens.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, exists, func, literal, or_, select

from provider.ports import Place
from provider.tracker.decisions.news import WantedNumber
from provider.tracker.ports import RepositoryFilter
from provider.tracker.store.queries import (
    REPOSITORY_ORDERS,
    IdQuery,
    condition_of,
    has_words,
    legs,
    plain_condition,
    whole,
)
from provider.tracker.store.tables import repositories, searched
from provider.tracker.store.version_search import of_same_repository

# Scanning this many costs as much as reading all texts, so a wrong guess at most doubles the cost.
_NEXT_FEW = 10_000
_FEW = 1_000


def page_ids(
    connection: Connection, wanted: RepositoryFilter, size: int, offset: int, after: Place | None
) -> Sequence[int]:
    """The ids of `size` repositories after a place, in order.

    Raises:
        ValueError: unknown sort, or `after` is not a place in that order.
    """
    few = _matches_few(connection, wanted)
    if wanted.query and not few:
        near = _in_next_rows(connection, wanted, offset + size, after)
        if near is not None:
            return near[offset:]
    if wanted.query or few:
        queries: Sequence[IdQuery] = (whole(REPOSITORY_ORDERS, wanted.sort, condition_of(wanted), after),)
    else:
        queries = legs(REPOSITORY_ORDERS, wanted.sort, plain_condition(wanted, few=False), after)
    return ids_of(connection, queries, size, offset)


def ids_of(connection: Connection, queries: Sequence[IdQuery], size: int, offset: int) -> Sequence[int]:
    """`size` ids from queries whose results follow one another."""
    if len(queries) == 1:
        return connection.execute(queries[0].limit(size).offset(offset)).scalars().all()
    ids: list[int] = []
    for query in queries:
        if len(ids) < offset + size:
            ids += connection.execute(query.limit(offset + size - len(ids))).scalars()
    return ids[offset:]


def _matches_few(connection: Connection, wanted: RepositoryFilter) -> bool:
    """Whether few repositories match the filter without its text."""
    if wanted.type is None and wanted.state is None and wanted.deployed is None:
        return False
    some = select(literal(1)).select_from(repositories).where(plain_condition(wanted, few=True)).limit(_FEW + 1)
    return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one() <= _FEW


def _in_next_rows(
    connection: Connection, wanted: RepositoryFilter, size: int, after: Place | None
) -> Sequence[int] | None:
    """The matches in the next rows; None if more matches of the page may follow after these rows."""
    ids: list[int] = []
    words, version = has_words(wanted.query or ""), WantedNumber.of(wanted.query or "")
    for leg in legs(REPOSITORY_ORDERS, wanted.sort, plain_condition(wanted, few=False), after):
        few = leg.limit(_NEXT_FEW).subquery()
        # The outer query keeps the order of the inner one: neither database reorders without ORDER BY.
        matching: ColumnElement[bool] = exists().where(searched.c.repository == few.c.id, words)
        if version:
            matching = or_(matching, exists(of_same_repository(version, few.c.id)))
        found = select(few.c.id).where(matching)
        ids += connection.execute(found.limit(size - len(ids))).scalars()
        if len(ids) == size:
            return ids
        if connection.execute(select(func.count()).select_from(few)).scalar_one() == _NEXT_FEW:
            return None
    return ids
