"""Requests to a token server (distribution's specification, `spec/auth/token` and `spec/auth/oauth`)."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote_plus, urlencode, urlsplit

from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.http.budgets.budget import DEFAULT_WAIT
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.printable import printable
from proxy.http.retry_after import wait_of
from proxy.registries.documents.error_texts import own_words
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.secret import Secret
from proxy.secrets.tokens import Scopes, Token

DEFAULT_SECONDS = 60.0
# A token is renewed this time before it expires, or this part of its lifetime if that is shorter.
_MARGIN_SECONDS = 15.0
_MARGIN_PART = 0.25
_LONGEST_SECONDS = 86_400.0
_USUAL_SCOPE = re.compile(r"[A-Za-z0-9_.~:/,-]*")
# What token servers without POST answer to an identity token (containerd's FetchToken falls back on the same).
_NO_EXCHANGE = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)


class WrongCredentials(Refused):
    """The token server does not accept the user and password for any scope."""


class Send(Protocol):
    """Sends one request within the registry's budget."""

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """The answer, whatever its status; raises Unavailable, AddressRefused or Garbage."""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request to a token server; `credentials` is None if there are none, or the server may not get them."""

    realm: str
    service: str | None
    scopes: Scopes
    credentials: BasicCredentials | None = field(repr=False)


def fetch_token(request: TokenRequest, send: Send, now: Callable[[], datetime]) -> Token:
    """Request one token.

    Raises:
        Refused: the token server refuses the credentials or the scopes.
        Unavailable: it cannot be reached now; `retry_at` is the time that its answer names, after a 429 always a time.
        AddressRefused: it is at an address that is not listed.
        Garbage: its answer contains no token.
    """
    requested_at = now()
    identity = request.credentials.identity_token if request.credentials else None
    answer = _exchange(request, identity, send) if identity else _get(request, send)
    if identity and answer.status in _NO_EXCHANGE and request.credentials and request.credentials.password:
        answer = _get(request, send)
    if answer.status != HTTPStatus.OK:
        raise _failure(request, answer, now())
    return parse_token(request, answer, requested_at)


def basic_header(credentials: BasicCredentials) -> str:
    """The value of Authorization for Basic authentication; a secret."""
    pair = f"{credentials.username}:{credentials.password.reveal()}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _get(request: TokenRequest, send: Send) -> Answer:
    address, headers = token_question(request)
    return send("GET", address, headers)


def token_question(request: TokenRequest) -> tuple[str, Mapping[str, str]]:
    """Address and headers of the GET that requests a token."""
    query = "&".join((*_service(request.service), *(f"scope={_quoted(scope)}" for scope in request.scopes)))
    headers = {"accept": "application/json", "user-agent": USER_AGENT}
    if request.credentials:
        headers["authorization"] = basic_header(request.credentials)
    address = request.realm.partition("#")[0]
    joint = "&" if urlsplit(address).query else "?"
    return f"{address}{joint}{query}" if query else address, headers


def _quoted(scope: str) -> str:
    if _USUAL_SCOPE.fullmatch(scope):
        # As quote_plus, in a twentieth of the time.
        return scope.replace(":", "%3A").replace("/", "%2F").replace(",", "%2C")
    return quote_plus(scope)


@lru_cache(maxsize=256)
def _service(name: str | None) -> tuple[str, ...]:
    return (f"service={quote_plus(name)}",) if name else ()


def _exchange(request: TokenRequest, identity_token: Secret, send: Send) -> Answer:
    form = {
        "grant_type": "refresh_token",
        "client_id": USER_AGENT,
        "service": request.service or "",
        "scope": " ".join(request.scopes),
        "refresh_token": identity_token.reveal(),
    }
    headers = {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": USER_AGENT,
    }
    return send("POST", request.realm.partition("#")[0], headers, urlencode(form).encode())


def _failure(request: TokenRequest, answer: Answer, now: datetime) -> OutsideFailure:
    where = f"the token server {printable(request.realm)} answered {answer.status}"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        limited = answer.status == HTTPStatus.TOO_MANY_REQUESTS
        # As the budget of the registry reads this answer.
        wait = wait_of(answer.headers, now) or (DEFAULT_WAIT if limited else None)
        return Unavailable(f"{where}; retried later", now + wait if wait else None)
    if answer.status >= HTTPStatus.BAD_REQUEST:
        whose = "this registry's credentials" if request.credentials else "a request without credentials"
        said = own_words(answer.body, _secrets(request.credentials))
        message = f"{where} to {whose}{f' ({said})' if said else ''}; check the registry's entry in the auth file"
        wrong = answer.status == HTTPStatus.UNAUTHORIZED and request.credentials
        return WrongCredentials(message) if wrong else Refused(message)
    return Garbage(f"{where}, which is not a token; retried later")


def _secrets(credentials: BasicCredentials | None) -> Iterator[Secret]:
    if credentials:
        yield from filter(None, (credentials.password, credentials.identity_token))
        yield Secret(basic_header(credentials).partition(" ")[2])


def parse_token(request: TokenRequest, answer: Answer, requested_at: datetime) -> Token:
    """The token of an answer with status 200.

    Raises:
        Garbage: there is none.
    """
    # `from None`: the decoder's error contains the document, and with it the token.
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Garbage(f"the token server {printable(request.realm)} sent no JSON; retried later") from None
    text = (document.get("token") or document.get("access_token")) if isinstance(document, dict) else None
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or " " in text:
        raise Garbage(f"the token server {printable(request.realm)} sent no token; retried later")
    seconds = _lifetime(document.get("expires_in"))
    return Token(Secret(text), requested_at + timedelta(seconds=seconds - min(_MARGIN_SECONDS, seconds * _MARGIN_PART)))


def _lifetime(expires_in: object) -> float:
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float) or not expires_in > 0:
        return DEFAULT_SECONDS
    return float(min(expires_in, _LONGEST_SECONDS))
