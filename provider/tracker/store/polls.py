"""Writing what polls found: 200 repositories in a transaction, with the messages that announce it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, select, update

from provider.store.engine import writing
from provider.store.inserts import insert_missing
from provider.store.outbox import message_values, outbox
from provider.tracker.decisions.announcing import announcement
from provider.tracker.decisions.outcomes import PollResult
from provider.tracker.decisions.repository import TagForm
from provider.tracker.store.releases import keep_latest
from provider.tracker.store.rows import Values, poll_values, release_values
from provider.tracker.store.tables import releases, repositories

AT_ONCE = 200
"""A commit for each repository costs fifty times as much; more at once would make other writers wait."""

_Repository = Row[*tuple[Any, ...]]


def record(engine: Engine, results: Iterable[PollResult]) -> None:
    """Write only what differs; what a person changed since the poll is left as it is."""
    waiting = iter(results)
    while part := list(islice(waiting, AT_ONCE)):
        with writing(engine) as connection:
            _record(connection, part)


def _record(connection: Connection, results: Sequence[PollResult]) -> None:
    there = _repositories(connection, [result.repository for result in results])
    written = [
        result
        for result in results
        if result.repository in there and there[result.repository].version == result.version
    ]
    _add(connection, written, there)
    _change(connection, written, there)
    keep_latest(connection, [result.repository for result in written if result.new or result.changed])
    _note(connection, written, there)
    _announce(connection, written, there)


def _repositories(connection: Connection, ids: Sequence[int]) -> Mapping[int, _Repository]:
    """Kept from being changed until the transaction ends, which SQLite does with the whole database."""
    query = select(repositories).where(repositories.c.id.in_(ids)).with_for_update()
    return {row.id: row for row in connection.execute(query)}


def _add(connection: Connection, results: Sequence[PollResult], there: Mapping[int, _Repository]) -> None:
    rows = [
        {
            **release_values(release, TagForm(there[result.repository].tag_form)),
            "repository": result.repository,
            "by_hand": False,
            "removed": False,
        }
        for result in results
        for release in result.new
    ]
    # A person may have added one of them since the poll: theirs stays.
    insert_missing(connection, releases, rows, key=("repository", "version"))


def _change(connection: Connection, results: Sequence[PollResult], there: Mapping[int, _Repository]) -> None:
    rows = [
        _renamed({**release_values(release, TagForm(there[result.repository].tag_form)), "id": release.id})
        for result in results
        for release in result.changed
    ]
    if rows:
        mine = (releases.c.id == bindparam("its_id")) & releases.c.by_hand.is_(False) & releases.c.removed.is_(False)
        connection.execute(update(releases).where(mine).values(_parameters(rows[0])), rows)


def _note(connection: Connection, results: Sequence[PollResult], there: Mapping[int, _Repository]) -> None:
    """An index is written anew for each column that is set, even to what it was; so the state is set apart."""
    noted = [_renamed({"id": result.repository, **poll_values(result)}) for result in results]
    states = [
        {"its_id": row["its_id"], "its_state": row["its_state"]}
        for row in noted
        if row["its_state"] != there[row["its_id"]].state
    ]
    this = repositories.c.id == bindparam("its_id")
    if states:
        connection.execute(update(repositories).where(this).values(state=bindparam("its_state")), states)
    if noted:
        for row in noted:
            del row["its_state"]
        connection.execute(update(repositories).where(this).values(_parameters(noted[0])), noted)


def _announce(connection: Connection, results: Sequence[PollResult], there: Mapping[int, _Repository]) -> None:
    messages = []
    for result in results:
        row = there[result.repository]
        if result.announce:
            message = announcement(row.id, row.name, row.url, row.type, result.announce)
            messages.append(message_values(message, result.last_polled or row.last_polled))
    insert_missing(connection, outbox, messages, key=("id",))


def _renamed(values: Values) -> Values:
    """SQLAlchemy keeps the columns' own names for itself."""
    return {f"its_{name}": value for name, value in values.items()}


def _parameters(row: Values) -> Values:
    return {name.removeprefix("its_"): bindparam(name) for name in row if name != "its_id"}
