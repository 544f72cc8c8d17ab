"""The open browser sessions in the database: they outlast a restart, and all processes see them."""

from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from provider.auth.sessions import new_session_id
from provider.store.engine import writing
from provider.store.tables import browser_sessions


class SqlSessions:
    """See `provider.auth.sessions.Sessions`; in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, now: datetime, until: datetime) -> str:
        """See the protocol."""
        session = new_session_id()
        with writing(self._engine) as connection:
            connection.execute(delete(browser_sessions).where(browser_sessions.c.until <= now))
            connection.execute(insert(browser_sessions).values(id=session, until=until))
        return session

    def is_open(self, session: str, now: datetime) -> bool:
        """See the protocol."""
        query = select(browser_sessions.c.until).where(browser_sessions.c.id == session)
        with self._engine.connect() as connection:
            until: datetime | None = connection.execute(query).scalar_one_or_none()
        return until is not None and now < until

    def end(self, session: str) -> None:
        """See the protocol."""
        with writing(self._engine) as connection:
            connection.execute(delete(browser_sessions).where(browser_sessions.c.id == session))
