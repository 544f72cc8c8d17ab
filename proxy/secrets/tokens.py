"""Bearer tokens, cached until shortly before they expire; concurrent requests share one fetch."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.secret import Secret

Scopes = tuple[str, ...]
_TOKENS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Token:
    """A token, the time from which it must be renewed, and the credentials that it was requested with, if any."""

    secret: Secret
    renew_at: datetime
    credentials: BasicCredentials | None = None


class TokenCache:
    """One registry's tokens by scopes. Safe to use from many threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._tokens: dict[Scopes, Token] = {}
        self._fetches: dict[Scopes, Future[Token]] = {}

    def get(self, scopes: Scopes, fetch: Callable[[], Token]) -> Token:
        """The token for these scopes, fetched if there is none; concurrent callers wait for the same fetch.

        Raises:
            OutsideFailure: the fetch raised it; every waiting caller gets it.
        """
        if token := self.kept(scopes):
            return token
        with self._lock:
            if token := self.kept(scopes):
                return token
            running = self._fetches.get(scopes)
            if running is None:
                mine = self._fetches[scopes] = Future()
        if running is not None:
            return running.result()
        return self._fetch(scopes, fetch, mine)

    def discard(self, scopes: Scopes, token: Token) -> None:
        """Remove a token that was refused; a newer one for the same scopes stays."""
        with self._lock:
            if self._tokens.get(scopes) is token:
                del self._tokens[scopes]

    def kept(self, scopes: Scopes) -> Token | None:
        """The token for these scopes, if there is one that does not have to be renewed."""
        token = self._tokens.get(scopes)
        return token if token and self._now() < token.renew_at else None

    def _fetch(self, scopes: Scopes, fetch: Callable[[], Token], mine: Future[Token]) -> Token:
        try:
            token = fetch()
        except BaseException as error:
            with self._lock:
                del self._fetches[scopes]
            mine.set_exception(error)
            raise
        self.keep(scopes, token)
        with self._lock:
            del self._fetches[scopes]
        mine.set_result(token)
        return token

    def keep(self, scopes: Scopes, token: Token) -> None:
        """Keep a token that was fetched elsewhere."""
        with self._lock:
            self._make_room()
            self._tokens[scopes] = token

    def _make_room(self) -> None:
        if len(self._tokens) >= _TOKENS_KEPT:
            now = self._now()
            self._tokens = {scopes: token for scopes, token in self._tokens.items() if now < token.renew_at}
        while len(self._tokens) >= _TOKENS_KEPT:
            self._tokens.pop(next(iter(self._tokens)))
