"""Which lost deliveries of GitHub's webhooks were asked for."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Column, Engine, Table, Text, delete, select

from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.inserts import insert_missing, upsert
from provider.store.tables import SortableText, UtcTime, metadata
from provider.webhook_ports import HookLook

webhook_redeliveries = Table(
    "webhook_redeliveries",
    metadata,
    Column("guid", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

webhook_looks = Table(
    "webhook_looks",
    metadata,
    Column("hook", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("problem", Text, nullable=False),
)
_LONGEST_GUID = 200


class SqlRedeliveries:
    """Implements `Redeliveries` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def looks(self) -> Mapping[str, HookLook]:
        """The last look at each webhook."""
        with self._engine.connect() as connection:
            return {row.hook: HookLook(row.at, row.problem) for row in connection.execute(select(webhook_looks))}

    def note(self, hook: str, look: HookLook) -> None:
        """Store a look in place of the last one."""
        with writing(self._engine) as connection:
            upsert(connection, webhook_looks, [{"hook": hook, "at": look.at, "problem": storable(look.problem)}])

    def asked(self, guids: Collection[str]) -> Collection[str]:
        """Those of these events that were asked for."""
        with self._engine.connect() as connection:
            stored = set(connection.execute(select(webhook_redeliveries.c.guid)).scalars())
        return {guid for guid in guids if _guid(guid) in stored}

    def ask(self, guid: str, at: datetime) -> None:
        """Note that the event is asked for."""
        with writing(self._engine) as connection:
            insert_missing(connection, webhook_redeliveries, [{"guid": _guid(guid), "at": at}], key=("guid",))

    def forget(self, guid: str) -> None:
        """Note that it was not asked for."""
        with writing(self._engine) as connection:
            connection.execute(delete(webhook_redeliveries).where(webhook_redeliveries.c.guid == _guid(guid)))

    def prune(self, before: datetime, hooks: Collection[str]) -> None:
        """Remove older events, and what was read of other webhooks than these."""
        with writing(self._engine) as connection:
            connection.execute(delete(webhook_redeliveries).where(webhook_redeliveries.c.at < before))
            connection.execute(delete(webhook_looks).where(webhook_looks.c.hook.not_in(hooks)))


def _guid(text: str) -> str:
    return storable(text[:_LONGEST_GUID])
