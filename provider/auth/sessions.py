"""Which browser sessions are open: kept by the service, so that signing out ends a session and not only its cookie."""

import secrets
import threading
from datetime import datetime
from typing import Protocol

_BYTES = 16


class Sessions(Protocol):
    """The open sessions, by id. Safe to use from many threads; those of a database also from many processes."""

    def start(self, now: datetime, until: datetime) -> str:
        """Open a session until this time, and forget those whose time is over; returns its new id."""
        ...

    def is_open(self, session: str, now: datetime) -> bool:
        """Whether the session was opened, has not ended, and its time is not over."""
        ...

    def end(self, session: str) -> None:
        """End a session; an id that is not known changes nothing."""
        ...


def new_session_id() -> str:
    """A random id."""
    return secrets.token_urlsafe(_BYTES)


class MemorySessions:
    """Sessions of one process, for an application without a database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}

    def start(self, now: datetime, until: datetime) -> str:
        """See the protocol."""
        session = new_session_id()
        with self._lock:
            self._until = {known: end for known, end in self._until.items() if end > now} | {session: until}
        return session

    def is_open(self, session: str, now: datetime) -> bool:
        """See the protocol."""
        with self._lock:
            until = self._until.get(session)
        return until is not None and now < until

    def end(self, session: str) -> None:
        """See the protocol."""
        with self._lock:
            self._until.pop(session, None)
