"""Sign-in at Docker Hub: exchanges a password or an access token for a bearer token that is valid for ten minutes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from proxy.docker_hub.failures import sign_in_failure_of
from proxy.errors import Garbage, Refused
from proxy.http.exchange import Answer
from proxy.secrets.secret import Secret
from proxy.secrets.tokens import Token, TokenCache

SIGN_IN_PATH = "/v2/auth/token"

REFUSAL_KEPT = timedelta(minutes=5)
"""How long a refused password is not tried again: more attempts could lock the account."""

# The API's description says: "This expires in 10 minutes." One minute is the margin.
_KEPT = timedelta(minutes=9)
_ONLY: tuple[str, ...] = ()

Post = Callable[[str, bytes], Answer]
"""Sends a JSON document to a path; raises OutsideFailure if there is no answer."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why the sign-in was refused, and until when it is not tried again."""

    message: str
    until: datetime


class SignIn:
    """One account's bearer token, fetched once for many callers. Safe to use from many threads.

    Args:
        host: of the API, for messages.
        user: the account's name, or the organisation's.
        secret: its password or access token.
        post: sends the request.
        retry_at: the earliest time of the next request; None if it is unknown.
        now: the time, in UTC.
    """

    def __init__(
        self,
        host: str,
        user: str,
        secret: Secret,
        *,
        post: Post,
        retry_at: Callable[[], datetime | None],
        now: Callable[[], datetime],
    ) -> None:
        self._host = host
        self._user = user
        self._secret = secret
        self._post = post
        self._retry_at = retry_at
        self._now = now
        self._tokens = TokenCache(now)
        self._refusal: _Refusal | None = None

    def bearer(self) -> Token:
        """The bearer token to send.

        Raises:
            Refused: user or password are wrong; raised again for `REFUSAL_KEPT` without a request.
            Unavailable, Garbage, AddressRefused: a token cannot be fetched now.
        """
        return self._tokens.get(_ONLY, self._fetch)

    def discard(self, token: Token) -> None:
        """Remove a bearer token that was refused; a newer one stays."""
        self._tokens.discard(_ONLY, token)

    def _fetch(self) -> Token:
        requested_at = self._now()
        if self._refusal and requested_at < self._refusal.until:
            raise Refused(self._refusal.message)
        document = {"identifier": self._user, "secret": self._secret.reveal()}
        answer = self._post(SIGN_IN_PATH, json.dumps(document).encode())
        if answer.status == HTTPStatus.OK:
            return Token(self._read(answer), requested_at + _KEPT)
        failure = sign_in_failure_of(self._summary(answer), answer.status, self._retry_at())
        if isinstance(failure, Refused):
            self._refusal = _Refusal(str(failure), self._now() + REFUSAL_KEPT)
        raise failure

    def _read(self, answer: Answer) -> Secret:
        # `from None`: the decoder's error contains the document, and with it the token.
        try:
            document = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise Garbage(f"{self._summary(answer)} with no JSON; retried later") from None
        text = document.get("access_token") if isinstance(document, dict) else None
        if not isinstance(text, str) or not text or not text.isascii() or not text.isprintable() or " " in text:
            raise Garbage(f"{self._summary(answer)} with no access token; retried later")
        return Secret(text)

    def _summary(self, answer: Answer) -> str:
        return f"{self._host} answered {answer.status} to POST {SIGN_IN_PATH}"
