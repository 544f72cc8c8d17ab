"""The releases of all repositories, by when they were first seen.

An index has each group of releases (news or known from the start, pre-release or not) in this order, so a page is
merged from the beginnings of the groups that are wanted. Filters are tried on the next ten thousand releases first.
Only if these do not fill the page, the releases of each repository that matches are merged, from an index that has
them in order, and versions are found by an index too. So a page costs the same with thousands and with millions of
releases.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, literal, or_, select, true, tuple_

from provider.ports import Place
from provider.store.image_rows import NEVER, storable
from provider.tracker.decisions.news import NewsGroup, WantedNumber
from provider.tracker.ports import NewsFilter, NewsPage, ReleaseNews
from provider.tracker.store.queries import has_words, key_of, of_release, place_of, with_latest
from provider.tracker.store.rows import release_of, tracked_of
from provider.tracker.store.tables import releases, repositories, searched
from provider.tracker.store.version_search import has_version

_FEW = 10
"""Repositories whose releases are merged without a look at the next releases of all."""
_MANY = 200
"""Repositories whose releases are merged if they are rare; more of them are found in the order of all releases."""
_NEXT_FEW = 10_000
_AT_ONCE = 500

_Found = Row[datetime, int]
_Query = Select[datetime, int]
_columns = releases.c
_found = select(_columns.first_seen, _columns.id)


def _latest_first(rows: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return rows.c.first_seen.desc(), rows.c.id.desc()


_order = _latest_first(releases)


def news_page(connection: Connection, wanted: NewsFilter, size: int, after: Place | None, number: int) -> NewsPage:
    """A page of news, after a place.

    Raises:
        ValueError: `after` is not a place in this order, or number or size is less than 1.
    """
    if number < 1 or size < 1:
        raise ValueError(f"page {number} of size {size} does not exist; both must be at least 1")
    # One more than requested shows whether there is a next page.
    found = _ids(connection, wanted, _in_period(wanted, after), number * size + 1)[(number - 1) * size :]
    end = place_of(*found[size - 1]) if len(found) > size else None
    return NewsPage(_read(connection, [number for _, number in found[:size]]), end)


def count_news(connection: Connection, wanted: NewsFilter, most: int | None) -> int:
    """The number of releases that the filter lets through, counted up to `most`."""
    listed = and_(_columns.news_group.in_(_groups(wanted)), _in_period(wanted, None))
    if not wanted.query:
        return _count(connection, and_(listed, _of_wanted(wanted)), most)
    named = and_(_restriction(wanted), _has_name(wanted.query))
    number = _count(connection, and_(listed, _in_repositories(named)), most)
    version = WantedNumber.of(wanted.query)
    if version is None or number == most:
        return number
    others = and_(_restriction(wanted), ~_has_name(wanted.query))
    found = and_(_of_versions(wanted, version, others), _in_period(wanted, None))
    return number + _count(connection, found, None if most is None else most - number)


def every_news(engine: Engine, wanted: NewsFilter) -> Iterator[ReleaseNews]:
    """All of them, read in parts, with a connection for each: a reader may take long."""
    after = None
    while True:
        with engine.connect() as connection:
            part = news_page(connection, wanted, _AT_ONCE, after, 1)
        yield from part.items
        if (after := part.end) is None:
            return


def _ids(connection: Connection, wanted: NewsFilter, period: ColumnElement[bool], limit: int) -> Sequence[_Found]:
    restricted = _restricts(wanted)
    if not restricted and not wanted.query:
        return _merged(connection, [_of_group(group, period) for group in _groups(wanted)], limit)
    few = None if wanted.query else _repositories(connection, wanted, true(), _FEW)
    if few is not None:
        return _merged(connection, _of_each(few, wanted, period), limit)
    near = _in_next_releases(connection, wanted, period, limit)
    return _among_all(connection, wanted, period, limit) if near is None else near


def _among_all(connection: Connection, wanted: NewsFilter, period: ColumnElement[bool], limit: int) -> Sequence[_Found]:
    """The first matches, wherever they are."""
    has_name = _has_name(wanted.query) if wanted.query else true()
    several = _repositories(connection, wanted, has_name, _MANY)
    if several is None:
        matching = and_(period, _of_wanted(wanted), _has_text(wanted))
        return _merged(connection, [_of_group(group, matching) for group in _groups(wanted)], limit)
    queries = [*_of_each(several, wanted, period)]
    if version := WantedNumber.of(wanted.query or ""):
        of_versions = _of_versions(wanted, version, _restriction(wanted))
        queries.append(_found.where(of_versions, period).order_by(*_order))
    return _merged(connection, queries, limit)


def _in_next_releases(
    connection: Connection, wanted: NewsFilter, period: ColumnElement[bool], limit: int
) -> Sequence[_Found] | None:
    """The matches among the next releases; None if more matches of the page may follow after these."""
    legs: list[Sequence[_Found]] = []
    for group in _groups(wanted):
        columns = (_columns.first_seen, _columns.id, _columns.repository, _columns.version, _columns.number_text)
        following = select(*columns).where(_columns.news_group == group.value, period).order_by(*_order)
        next_few = following.limit(_NEXT_FEW).subquery()
        matching = and_(_of_wanted(wanted, next_few), _has_text(wanted, next_few))
        # PostgreSQL joins the repositories, which loses the order of the inner query.
        in_order = select(next_few.c.first_seen, next_few.c.id).where(matching).order_by(*_latest_first(next_few))
        found = connection.execute(in_order.limit(limit)).all()
        if len(found) < limit and _is_cut(connection, following):
            return None
        legs.append(found)
    return list(islice(merge(*legs, key=tuple, reverse=True), limit))


def _is_cut(connection: Connection, following: Select[*tuple[Any, ...]]) -> bool:
    return connection.execute(following.with_only_columns(_columns.id).offset(_NEXT_FEW).limit(1)).first() is not None


def _merged(connection: Connection, queries: Iterable[_Query], limit: int) -> Sequence[_Found]:
    """The first of several ordered queries, without repetitions."""
    legs = [connection.execute(query.limit(limit)).all() for query in queries]
    return list(islice(dict.fromkeys(merge(*legs, key=tuple, reverse=True)), limit))


def _of_group(group: NewsGroup, matching: ColumnElement[bool]) -> _Query:
    return _found.where(_columns.news_group == group.value, matching).order_by(*_order)


def _of_each(several: Sequence[int], wanted: NewsFilter, period: ColumnElement[bool]) -> Iterator[_Query]:
    for repository in several:
        for group in _groups(wanted):
            yield _of_group(group, and_(_columns.repository == repository, period))


def _of_versions(wanted: NewsFilter, version: WantedNumber, of: ColumnElement[bool]) -> ColumnElement[bool]:
    """The listed releases of some repositories whose versions are found, by the index of these."""
    # Hidden from the planner of the database, which would read all releases in their order.
    listed = func.coalesce(_columns.news_group, 0).in_(_groups(wanted))
    return and_(_in_repositories(of), has_version(version), listed)


def _count(connection: Connection, matching: ColumnElement[bool], most: int | None) -> int:
    found = select(_columns.id).where(matching).limit(most).subquery()
    return connection.execute(select(func.count()).select_from(found)).scalar_one()


def _repositories(
    connection: Connection, wanted: NewsFilter, also: ColumnElement[bool], most: int
) -> Sequence[int] | None:
    """The repositories that match; None if these are more."""
    matching = select(repositories.c.id).where(_restriction(wanted), also).limit(most + 1)
    found = connection.execute(matching).scalars().all()
    return None if len(found) > most else found


def _groups(wanted: NewsFilter) -> Sequence[NewsGroup]:
    known = (NewsGroup.KNOWN_RELEASE, NewsGroup.KNOWN_PRERELEASE) if wanted.known else ()
    groups = (NewsGroup.RELEASE, NewsGroup.PRERELEASE, *known)
    hidden = () if wanted.prereleases else (NewsGroup.PRERELEASE, NewsGroup.KNOWN_PRERELEASE)
    return [group for group in groups if group not in hidden]


def _in_period(wanted: NewsFilter, after: Place | None) -> ColumnElement[bool]:
    first_seen, terms = _columns.first_seen, []
    if wanted.since is not None:
        terms.append(first_seen >= wanted.since)
    if wanted.until is not None:
        terms.append(and_(first_seen < wanted.until, first_seen > NEVER))
    if after is not None:
        there = literal(key_of(first_seen, after), first_seen.type), literal(int(after.name))
        terms.append(tuple_(first_seen, _columns.id) < tuple_(*there))
    return and_(true(), *terms)


def _restricts(wanted: NewsFilter) -> bool:
    return not (wanted.repository is None and wanted.type is None and wanted.label is None)


def _restriction(wanted: NewsFilter) -> ColumnElement[bool]:
    """The condition on repositories."""
    terms = []
    if wanted.repository is not None:
        terms.append(repositories.c.id == wanted.repository)
    if wanted.type is not None:
        terms.append(repositories.c.type == wanted.type.value)
    if wanted.label is not None:
        lines = "\n" + repositories.c.labels + "\n"
        terms.append(lines.contains(f"\n{storable(wanted.label)}\n", autoescape=True))
    return and_(true(), *terms)


def _of_wanted(wanted: NewsFilter, rows: Any = releases) -> ColumnElement[bool]:
    if not _restricts(wanted):
        return true()
    return _in_repositories(_restriction(wanted), rows)


def _in_repositories(matching: ColumnElement[bool], rows: Any = releases) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = rows.c.repository.in_(select(repositories.c.id).where(matching))
    return condition


def _has_name(query: str) -> ColumnElement[bool]:
    return repositories.c.id.in_(select(searched.c.repository).where(has_words(query)))


def _has_text(wanted: NewsFilter, rows: Any = releases) -> ColumnElement[bool]:
    """The text is in the words of the repository, or the version begins with it."""
    if not wanted.query:
        return true()
    in_words = rows.c.repository.in_(select(searched.c.repository).where(has_words(wanted.query)))
    version = WantedNumber.of(wanted.query)
    return or_(in_words, has_version(version, rows)) if version else in_words


def _read(connection: Connection, numbers: Sequence[int]) -> Sequence[ReleaseNews]:
    """The releases of these ids, with their repositories."""
    query = select(*of_release, _columns.repository).where(_columns.id.in_(numbers))
    found = {row[0]: row for row in connection.execute(query)}
    of = {row[-1] for row in found.values()}
    their = {row[0]: tracked_of(row) for row in connection.execute(with_latest.where(repositories.c.id.in_(of)))}
    return tuple(ReleaseNews(their[row[-1]], release_of(row[:-1])) for number in numbers if (row := found.get(number)))
