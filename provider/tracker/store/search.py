"""Finding the ids of a page of repositories.

A text may be anywhere in a name, a url or notes, which no index of both databases can find (SQLite's FTS5 and
PostgreSQL's pg_trgm are extensions, and each would need its own queries). So it is looked for in two ways. Of a
common text there is a page among the next ten thousand repositories in order; only for a rare one all texts are read,
which are in a narrow table of their own. At 100,000 repositories a common text takes a few milliseconds, a rare one
some tens.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, exists, func, literal, select

from provider.ports import Place
from provider.tracker.ports import RepositoryFilter
from provider.tracker.store.queries import (
    REPOSITORY_ORDERS,
    Found,
    condition_of,
    has_words,
    legs,
    plain_condition,
    whole,
)
from provider.tracker.store.tables import repositories, searched

# Looking through that many costs as much as reading all texts, so the wrong guess costs twice the right one.
_NEXT_FEW = 10_000
_FEW = 1_000


def page_ids(
    connection: Connection, wanted: RepositoryFilter, size: int, offset: int, after: Place | None
) -> Sequence[int]:
    """The ids of that many repositories from a place on, in order.

    Raises:
        ValueError: there is no such sort, or `after` is no place in it.
    """
    few = _leaves_few(connection, wanted)
    if wanted.query and not few:
        near = _among_the_next(connection, wanted, offset + size, after)
        if near is not None:
            return near[offset:]
    if wanted.query or few:
        queries: Sequence[Found] = (whole(REPOSITORY_ORDERS, wanted.sort, condition_of(wanted), after),)
    else:
        queries = legs(REPOSITORY_ORDERS, wanted.sort, plain_condition(wanted, few=False), after)
    return ids_of(connection, queries, size, offset)


def ids_of(connection: Connection, queries: Sequence[Found], size: int, offset: int) -> Sequence[int]:
    """That many ids out of queries that follow one another."""
    if len(queries) == 1:
        return connection.execute(queries[0].limit(size).offset(offset)).scalars().all()
    ids: list[int] = []
    for query in queries:
        if len(ids) < offset + size:
            ids += connection.execute(query.limit(offset + size - len(ids))).scalars()
    return ids[offset:]


def _leaves_few(connection: Connection, wanted: RepositoryFilter) -> bool:
    """Whether type and state alone leave few repositories."""
    if wanted.type is None and wanted.state is None:
        return False
    some = select(literal(1)).select_from(repositories).where(plain_condition(wanted, few=True)).limit(_FEW + 1)
    return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one() <= _FEW


def _among_the_next(
    connection: Connection, wanted: RepositoryFilter, size: int, after: Place | None
) -> Sequence[int] | None:
    """Those that match among the next few; None when the page may go on behind those."""
    ids: list[int] = []
    matching = has_words(wanted.query or "")
    for leg in legs(REPOSITORY_ORDERS, wanted.sort, plain_condition(wanted, few=False), after):
        few = leg.limit(_NEXT_FEW).subquery()
        # The outer query keeps the inner one's order: neither database sorts what is not asked to be sorted.
        found = select(few.c.id).where(exists().where(searched.c.repository == few.c.id, matching))
        ids += connection.execute(found.limit(size - len(ids))).scalars()
        if len(ids) == size:
            return ids
        if connection.execute(select(func.count()).select_from(few)).scalar_one() == _NEXT_FEW:
            return None
    return ids
