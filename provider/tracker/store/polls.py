"""Write the results of polls, 200 repositories per transaction, with the messages that announce new releases."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, exists, select, update

from provider.store.engine import writing
from provider.store.image_rows import NEVER
from provider.store.inserts import insert_missing
from provider.store.outbox import message_values, put_messages
from provider.tracker.decisions.announcing import AnnouncedRepository, announcement, failure_announcements, poll_problem
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import PollOutcome, PollResult
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.versions.order import ORDER_RULES
from provider.tracker.decisions.wanted import AnnouncedVersions
from provider.tracker.store.latest import keep_latest, latest_releases
from provider.tracker.store.poll_counts import count_polls
from provider.tracker.store.renames import follow_renames
from provider.tracker.store.rows import Values, address_of, poll_values, release_values
from provider.tracker.store.tables import releases, repositories
from provider.tracker.store.waiting import announce

AT_ONCE = 200
"""Repositories per transaction. One commit per repository costs fifty times as much; more would block other writers."""

_NOTHING = AnnouncedVersions.NOTHING.value
_Repository = Row[*tuple[Any, ...]]

_EDITABLE = (releases.c.id == bindparam("its_id")) & releases.c.by_hand.is_(False) & releases.c.removed.is_(False)
_other = releases.alias()
# A person may have added a release of the name since the poll.
_FREE = ~exists().where(
    _other.c.repository == releases.c.repository,
    _other.c.version == bindparam("its_version"),
    _other.c.id != releases.c.id,
)


def record(engine: Engine, results: Iterable[PollResult], summary_at: time | None) -> None:
    """Write what differs; a repository that a person changed since the poll stays unchanged.

    Args:
        engine: of the database.
        results: of polls.
        summary_at: the time of the day, in UTC, of the one summary of new releases a day; None: no summary.
    """
    rest = iter(results)
    while part := list(islice(rest, AT_ONCE)):
        with writing(engine) as connection:
            _record(connection, part, summary_at)


def _record(connection: Connection, results: Sequence[PollResult], summary_at: time | None) -> None:
    stored = _repositories(connection, [result.repository for result in results])
    written = [
        result
        for result in results
        if result.repository in stored and stored[result.repository].version == result.version
    ]
    _remove_merged(connection, written)
    _add(connection, written, stored)
    _change(connection, written, stored)
    _mark_unseen(connection, written)
    keep_latest(connection, [each.repository for each in written if _changes_latest(each, stored[each.repository])])
    _write_polls(connection, written, stored)
    count_polls(connection, (_counted(each, stored[each.repository]) for each in written))
    follow_renames(connection, written)
    renamed = [result.repository for result in written if result.rename]
    _announce(connection, written, {**stored, **_repositories(connection, renamed)}, summary_at)


def _counted(result: PollResult, row: _Repository) -> tuple[RepositoryType, str, PollOutcome]:
    address = address_of(row.type, row.url, row.path)
    return address.type, address.host or address.type.value, result.outcome


def _changes_latest(result: PollResult, row: _Repository) -> bool:
    return bool(result.new or result.changed or result.merged) or row.order_rules != ORDER_RULES


def _repositories(connection: Connection, ids: Sequence[int]) -> Mapping[int, _Repository]:
    """The stored rows, locked until the transaction ends; SQLite locks the whole database anyway."""
    query = select(repositories).where(repositories.c.id.in_(ids)).with_for_update()
    return {row.id: row for row in connection.execute(query)}


def _add(connection: Connection, results: Sequence[PollResult], stored: Mapping[int, _Repository]) -> None:
    rows = [
        {
            **release_values(release, TagForm(stored[result.repository].tag_form), baseline=result.silent),
            "repository": result.repository,
            "by_hand": False,
            "removed": False,
            "unseen": release.version in result.news,
            "first_seen": result.last_polled or NEVER,
        }
        for result in results
        for release in result.new
    ]
    # A release that a person added since the poll stays unchanged.
    insert_missing(connection, releases, rows, key=("repository", "version"))


def _change(connection: Connection, results: Sequence[PollResult], stored: Mapping[int, _Repository]) -> None:
    rows = [
        _renamed(_changed_values(release, TagForm(stored[result.repository].tag_form)))
        for result in results
        for release in result.changed
    ]
    # Only a version with variants can get another name.
    named = [row for row in rows if row["its_variants"]]
    for some, where in (([row for row in rows if not row["its_variants"]], _EDITABLE), (named, _EDITABLE & _FREE)):
        if some:
            connection.execute(update(releases).where(where).values(_parameters(some[0])), some)


def _remove_merged(connection: Connection, results: Sequence[PollResult]) -> None:
    rows = [{"its_id": number} for result in results for number in result.merged]
    if rows:
        connection.execute(delete(releases).where(_EDITABLE), rows)


def _changed_values(release: Release, form: TagForm) -> Values:
    values = release_values(release, form, baseline=release.baseline)
    return {**values, "id": release.id, "first_seen": release.first_seen or NEVER}


def _mark_unseen(connection: Connection, results: Sequence[PollResult]) -> None:
    """Known releases about which something is new; new ones are marked when they are added."""
    for result in results:
        versions = [release.version for release in result.changed if release.version in result.news]
        if versions:
            these = (releases.c.repository == result.repository) & releases.c.version.in_(versions)
            connection.execute(update(releases).where(these).values(unseen=True))


def _write_polls(connection: Connection, results: Sequence[PollResult], stored: Mapping[int, _Repository]) -> None:
    """Set the columns of polls; `state` separately and only if it differs, since setting it rewrites its indexes."""
    rows = [_renamed({"id": result.repository, **poll_values(result)}) for result in results]
    states = [
        {"its_id": row["its_id"], "its_state": row["its_state"]}
        for row in rows
        if row["its_state"] != stored[row["its_id"]].state
    ]
    this = repositories.c.id == bindparam("its_id")
    if states:
        connection.execute(update(repositories).where(this).values(state=bindparam("its_state")), states)
    if rows:
        for row in rows:
            del row["its_state"]
        connection.execute(update(repositories).where(this).values(_parameters(rows[0])), rows)


def _announce(
    connection: Connection,
    results: Sequence[PollResult],
    stored: Mapping[int, _Repository],
    summary_at: time | None,
) -> None:
    news = [result for result in results if result.announce]
    latest = latest_releases(connection, [result.repository for result in news])
    messages = []
    for result in news:
        row = stored[result.repository]
        message = announcement(_announced(row, *latest.get(row.id, (None, None))), result.announce)
        messages.append((message, result.last_polled or row.last_polled))
    announce(connection, messages, summary_at)
    polled = ((row, result) for result in results if (row := stored[result.repository]).announce != _NOTHING)
    problems = [poll_problem(row.name, row.url, result, row.failing_since) for row, result in polled]
    told = failure_announcements([problem for problem in problems if problem])
    put_messages(connection, [message_values(message, at) for message, at in told])


def _announced(row: _Repository, latest: str | None, url: str | None) -> AnnouncedRepository:
    return AnnouncedRepository(
        row.id, row.name, address_of(row.type, row.url, row.path), TagForm(row.tag_form), latest, url
    )


def _renamed(values: Values) -> Values:
    """Prefix the names: SQLAlchemy reserves the names of columns as parameters."""
    return {f"its_{name}": value for name, value in values.items()}


def _parameters(row: Values) -> Values:
    return {name.removeprefix("its_"): bindparam(name) for name in row if name != "its_id"}
