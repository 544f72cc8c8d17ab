"""Write the new address of a repository that was renamed at its source."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from provider.tracker.decisions.outcomes import PollResult
from provider.tracker.decisions.repository import Address, Rename
from provider.tracker.store.rows import Values, address_of, rename_values, searched_words
from provider.tracker.store.tables import repositories, searched
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def follow_renames(connection: Connection, results: Sequence[PollResult]) -> None:
    """Give each repository its new address, unless another one has it with the same filter; then only note it."""
    for result in results:
        if result.rename:
            row = connection.execute(select(repositories).where(repositories.c.id == result.repository)).one()
            _follow(connection, row, result.rename)


def _follow(connection: Connection, row: Row[Any], rename: Rename) -> None:
    before = address_of(row.type, row.url, row.path)
    address = before.renamed(rename.now)
    key = f"{address.key}{row.key.removeprefix(before.key)}"
    other = connection.execute(select(repositories.c.name).where(repositories.c.key == key)).scalar_one_or_none()
    if other is None:
        _write_address(connection, row, address, key)
        _log.info(
            "repository_renamed",
            "{repository} was renamed from {before} to {now}; its releases are read there now",
            repository=row.name,
            before=row.path,
            now=rename.now,
        )
    elif (row.renamed_from, row.renamed_to) == (rename.before, rename.now):
        return
    else:
        _log.warning(
            "repository_twice",
            "{repository} was renamed from {before} to {now}, which is tracked already as {other}; delete one of both",
            repository=row.name,
            before=row.path,
            now=rename.now,
            other=other,
        )
    _update(connection, row.id, rename_values(rename))


def _write_address(connection: Connection, row: Row[Any], address: Address, key: str) -> None:
    # A form that was opened before must not write the old address again, so this counts as a change.
    _update(connection, row.id, {"url": address.url, "path": address.path, "key": key, "version": row.version + 1})
    words = searched_words(row.name, address.url, row.notes, row.labels.split("\n"))
    connection.execute(update(searched).where(searched.c.repository == row.id).values(words=words))


def _update(connection: Connection, repository: int, values: Values) -> None:
    connection.execute(update(repositories).where(repositories.c.id == repository).values(values))
