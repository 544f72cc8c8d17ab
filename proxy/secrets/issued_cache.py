"""Keeps issued credentials until shortly before their end; many who ask at the same time cause one request."""

import copy
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.deadline import Deadline, ends_by, time_left
from proxy.errors import NotNow, OutsideFailure, Unavailable
from proxy.secrets.credential_sources import IssuedCredentials
from proxy.secrets.credentials import BasicCredentials
from proxy.unexpected import failure_of

ISSUE_SECONDS = 20.0
"""How long a request waits for credentials."""

UNKNOWN_LIFETIME = timedelta(minutes=5)
FAILURE_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=5)
_MARGIN = timedelta(minutes=5)
_MARGIN_PART = 4
_MOST_KEPT = 1000

Issue = Callable[[], IssuedCredentials | None]
Key = tuple[str, ...]
"""First, where credentials come from, and last, what they are for: both are in messages."""


@dataclass(frozen=True, slots=True)
class _IssuedAnswer:
    credentials: BasicCredentials | None
    issued_at: datetime
    renew_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _IssueFailure:
    error: OutsideFailure
    ask_at: datetime


class IssuedCache:
    """Issued credentials by key. Safe to use from many threads.

    A call outside runs in a daemon thread, because programs and libraries have time limits of their own, or none. All
    who ask for one key share its thread, also those who ask after a request has stopped waiting for it.

    Args:
        now: the time, in UTC.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[Key, _IssuedAnswer] = {}
        self._failures: dict[Key, _IssueFailure] = {}
        self._running: dict[Key, Future[None]] = {}
        self._credentials: tuple[BasicCredentials, ...] = ()

    def credentials(self) -> tuple[BasicCredentials, ...]:
        """All that are kept; the same tuple as long as none has changed."""
        return self._credentials

    def kept(self, key: Key) -> BasicCredentials | None:
        """The credentials that are kept for a key, without issuing any."""
        with self._lock:
            answer = self._kept.get(key)
        return answer.credentials if answer else None

    def discard(self, refused: BasicCredentials) -> None:
        """Issue credentials again that a registry has refused, unless they were issued less than 30 seconds ago."""
        with self._lock:
            now = self._now()
            for key, answer in list(self._kept.items()):
                if answer.credentials == refused and now >= answer.issued_at + FAILURE_WAIT:
                    del self._kept[key]

    def failures(self) -> list[tuple[Key, OutsideFailure]]:
        """The last failure of each key that has not been answered since."""
        with self._lock:
            return [(key, failure.error) for key, failure in self._failures.items()]

    def get(self, key: Key, issue: Issue) -> BasicCredentials | None:
        """The credentials for a key, issued if none are kept; None if there are none.

        While they cannot be renewed, the old ones are returned until they expire.

        Raises:
            OutsideFailure: `issue` raised it, now or less than `FAILURE_WAIT` ago.
            Unavailable: `issue` has not ended within `ISSUE_SECONDS`.
        """
        with self._lock:
            now, kept, failure = self._now(), self._kept.get(key), self._failures.get(key)
            if kept and now < kept.renew_at:
                return kept.credentials
            running = None
            if failure is None or now >= failure.ask_at:
                running = self._running.get(key) or self._start(key, issue)
        if running:
            self._wait(key, running)
        return self._result(key)

    def _start(self, key: Key, issue: Issue) -> Future[None]:
        running = self._running[key] = Future()
        threading.Thread(target=self._run, args=(key, issue, running), name="credentials", daemon=True).start()
        return running

    def _run(self, key: Key, issue: Issue, running: Future[None]) -> None:
        try:
            with ends_by(Deadline.after(ISSUE_SECONDS)):
                issued = issue()
        except OutsideFailure as error:
            self._failed(key, error)
        except Exception as error:  # noqa: BLE001 - a library's own exceptions are failures of the outside too
            self._failed(key, failure_of(f"credentials of {key[0]}", error))
        else:
            self._issued(key, issued)
        with self._lock:
            self._running.pop(key, None)
        running.set_result(None)

    def _wait(self, key: Key, running: Future[None]) -> None:
        error = Unavailable(f"{key[0]} did not issue credentials for {key[-1]} in time; retried later")
        seconds = 0.0
        try:
            seconds = time_left(ISSUE_SECONDS)
            running.result(seconds)
        except TimeoutError:
            if seconds < ISSUE_SECONDS:  # the request has a deadline of its own, which says nothing about the source
                raise error from None
            self._failed(key, error)

    def _result(self, key: Key) -> BasicCredentials | None:
        with self._lock:
            now, kept, failure = self._now(), self._kept.get(key), self._failures.get(key)
        if kept and (failure is None or now < kept.expires_at):
            return kept.credentials
        if failure:
            # A copy: each thread adds its own traceback to the exception that it raises.
            raise copy.copy(failure.error)
        return None

    def _issued(self, key: Key, issued: IssuedCredentials | None) -> None:
        now = self._now()
        expires_at = (issued.expires_at if issued else None) or now + UNKNOWN_LIFETIME
        known = issued is not None and issued.expires_at is not None
        margin = min(_MARGIN, (expires_at - now) / _MARGIN_PART) if known else timedelta()
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept = {each: kept for each, kept in self._kept.items() if now < kept.renew_at}
            credentials = issued.credentials if issued else None
            self._kept[key] = _IssuedAnswer(credentials, now, expires_at - margin, expires_at)
            self._credentials = tuple(dict.fromkeys(it.credentials for it in self._kept.values() if it.credentials))
            self._failures.pop(key, None)

    def _failed(self, key: Key, error: OutsideFailure) -> None:
        now = self._now()
        retry_at = error.retry_at if isinstance(error, NotNow) else None
        ask_at = min(max(now + FAILURE_WAIT, retry_at or now), now + _LONGEST_WAIT)
        with self._lock:
            self._failures[key] = _IssueFailure(error, ask_at)
