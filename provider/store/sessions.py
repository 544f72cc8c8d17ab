"""The open browser sessions in the database: they outlast a restart, and all processes see them."""

import json
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from provider.auth.sessions import OpenSession, new_session_id
from provider.auth.sign_in.person import SignedInPerson
from provider.store.engine import writing
from provider.store.inserts import insert_into
from provider.store.tables import browser_sessions, used_sign_ins


class SqlSessions:
    """See `provider.auth.sessions.Sessions`; in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, now: datetime, session: OpenSession) -> str:
        """See the protocol."""
        name = new_session_id()
        person = _document(session.person) if session.person else None
        with writing(self._engine) as connection:
            connection.execute(delete(browser_sessions).where(browser_sessions.c.until <= now))
            connection.execute(insert(browser_sessions).values(id=name, until=session.until, person=person))
        return name

    def find(self, session: str, now: datetime) -> OpenSession | None:
        """See the protocol."""
        query = select(browser_sessions.c.until, browser_sessions.c.person).where(browser_sessions.c.id == session)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or row.until <= now:
            return None
        return OpenSession(row.until, _person(row.person) if row.person else None)

    def end(self, session: str) -> None:
        """See the protocol."""
        with writing(self._engine) as connection:
            connection.execute(delete(browser_sessions).where(browser_sessions.c.id == session))

    def use(self, state: str, now: datetime, until: datetime) -> bool:
        """See the protocol."""
        with writing(self._engine) as connection:
            statement = insert_into(connection, used_sign_ins).on_conflict_do_nothing(index_elements=["state"])
            connection.execute(delete(used_sign_ins).where(used_sign_ins.c.until <= now))
            # Not by the number of rows, which PostgreSQL's driver does not give for an insert.
            added = statement.values(state=state, until=until).returning(used_sign_ins.c.state)
            return connection.execute(added).first() is not None


def _document(person: SignedInPerson) -> str:
    return json.dumps(
        {"source": person.source, "name": person.name, "groups": sorted(person.groups), "hint": person.hint}
    )


def _person(text: str) -> SignedInPerson:
    document = json.loads(text)
    return SignedInPerson(document["source"], document["name"], frozenset(document["groups"]), document.get("hint", ""))
