"""Requests to a peer and its answers, as values."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl, urlsplit

Headers = tuple[tuple[str, str], ...]

_LOGGED_HEADERS = ("Accept", "Content-Type", "Git-Protocol", "If-None-Match", "Range", "User-Agent")


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its password or token."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in; `target` is path and query as sent, `body` is already unchunked."""

    method: str
    target: str
    headers: "Message[str, str]" = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """The path as sent, percent signs and all."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query; for a repeated name, the last value."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def authorization(self) -> str:
        """The Authorization header, empty when none was sent."""
        return self.headers.get("Authorization", "")

    @property
    def basic_login(self) -> Login | None:
        """The login of Basic authentication; None if there is none, or if it cannot be read."""
        scheme, _, encoded = self.authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return Login(user, password) if colon else None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; the server adds Content-Length, and Date if it is missing."""

    status: int
    body: bytes = b""
    headers: Headers = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_headers(self, *added: tuple[str, str]) -> "Answer":
        """The same answer with these headers instead of any of the same names."""
        replaced = {name.lower() for name, _ in added}
        kept = tuple((name, value) for name, value in self.headers if name.lower() not in replaced)
        return Answer(self.status, self.body, kept + added)


def json_answer(status: int, document: object, *headers: tuple[str, str]) -> Answer:
    """An answer whose body is a JSON document."""
    return Answer(
        status, json.dumps(document).encode(), (("Content-Type", "application/json; charset=utf-8"), *headers)
    )


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A line of a peer's log, without credentials, for assertions of tests."""

    method: str
    target: str
    headers: Mapping[str, str]
    authorized: bool

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @classmethod
    def of(cls, request: Request) -> "SeenRequest":
        """The log line of a request."""
        headers = {name: request.headers[name] for name in _LOGGED_HEADERS if name in request.headers}
        return cls(request.method, request.target, headers, bool(request.authorization))
