"""Which browser sessions are open: kept by the service, so that signing out ends a session and not only its cookie."""

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from provider.auth.sign_in.person import SignedInPerson

_BYTES = 16


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not ended.

    Attributes:
        until: when it ends by itself.
        person: who signed in; None for a service token, which the cookie names.
    """

    until: datetime
    person: SignedInPerson | None = None


class Sessions(Protocol):
    """The open sessions, by id. Safe to use from many threads; those of a database also from many processes."""

    def start(self, now: datetime, session: OpenSession) -> str:
        """Open a session, and forget those whose time is over; returns its new id."""
        ...

    def find(self, session: str, now: datetime) -> OpenSession | None:
        """The session of this id, if it was opened, has not ended, and its time is not over."""
        ...

    def end(self, session: str) -> None:
        """End a session; an id that is not known changes nothing."""
        ...

    def use(self, state: str, now: datetime, until: datetime) -> bool:
        """Whether the state of a sign-in is used for the first time; it is remembered until this time."""
        ...


def new_session_id() -> str:
    """A random id."""
    return secrets.token_urlsafe(_BYTES)


class MemorySessions:
    """Sessions of one process, for an application without a database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, OpenSession] = {}
        self._used: dict[str, datetime] = {}

    def start(self, now: datetime, session: OpenSession) -> str:
        """See the protocol."""
        name = new_session_id()
        with self._lock:
            self._open = {known: each for known, each in self._open.items() if each.until > now} | {name: session}
        return name

    def find(self, session: str, now: datetime) -> OpenSession | None:
        """See the protocol."""
        with self._lock:
            found = self._open.get(session)
        return found if found and now < found.until else None

    def end(self, session: str) -> None:
        """See the protocol."""
        with self._lock:
            self._open.pop(session, None)

    def use(self, state: str, now: datetime, until: datetime) -> bool:
        """See the protocol."""
        with self._lock:
            self._used = {known: end for known, end in self._used.items() if end > now}
            known_before = state in self._used
            self._used.setdefault(state, until)
        return not known_before
