"""What GitHub's refusals and broken connections mean: whether it acted, and when to ask again. Pure.

Source: GitHub's docs, "Troubleshooting the REST API" and "Rate limits for the REST API".
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum, auto
from http import HTTPStatus

import requests
from github.GithubException import GithubException
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from proxy.errors import NotNow
from proxy.errors import OutsideFailure as CredentialsError
from proxy.github.limits import limited_until

_WORDS = 400


class Cause(Enum):
    """Why GitHub did not do what it was asked for; only after the last two it may have done it all the same."""

    RATE_LIMITED = auto()
    UNAUTHORIZED = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()
    REJECTED = auto()
    NOT_SENT = auto()
    SERVER_ERROR = auto()
    NO_ANSWER = auto()


class GitHubFailure(Exception):
    """GitHub did not do, or did not say that it did, what it was asked for.

    Attributes:
        words: GitHub's own, in one line, or what happened to the connection.
        status: of the HTTP answer; None where there was none.
        retry_at: when it may be asked again, where that is known.
    """

    def __init__(
        self, cause: Cause, words: str, *, status: int | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(words)
        self.cause = cause
        self.words = words
        self.status = status
        self.retry_at = retry_at

    @property
    def transient(self) -> bool:
        """Whether asking again later may help without anybody changing anything."""
        return self.cause in {Cause.RATE_LIMITED, Cause.NOT_SENT, Cause.SERVER_ERROR, Cause.NO_ANSWER}


def failure_of_answer(status: int, headers: Mapping[str, str], body: object, now: datetime) -> GitHubFailure:
    """What an answer that is no success means; header names are in lower case, `body` is read JSON, or text."""
    words = _words(status, body)
    if until := limited_until(status, headers, words, now):
        return GitHubFailure(Cause.RATE_LIMITED, words, status=status, retry_at=until)
    match status:
        case 401:
            cause = Cause.UNAUTHORIZED
        case 403:
            cause = Cause.FORBIDDEN
        case 404 | 410:
            cause = Cause.NOT_FOUND
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            cause = Cause.SERVER_ERROR
        case _ if status < HTTPStatus.BAD_REQUEST:
            return renamed(words, status)
        case _:
            cause = Cause.REJECTED
    return GitHubFailure(cause, words, status=status)


def renamed(words: str, status: int | None = None) -> GitHubFailure:
    """GitHub leads elsewhere: the repository has another name now."""
    said = f"{words}: the repository was renamed or moved; enroll it by its new name"
    return GitHubFailure(Cause.REJECTED, said, status=status)


def failure_of_exception(error: GithubException | requests.RequestException, now: datetime) -> GitHubFailure:
    """What an exception of PyGithub or requests means."""
    if isinstance(error, GithubException):
        return failure_of_answer(error.status, error.headers or {}, error.data, now)
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        return GitHubFailure(Cause.NOT_SENT, f"no connection to GitHub: {type(error).__name__}")
    return GitHubFailure(Cause.NO_ANSWER, f"the connection to GitHub broke: {type(error).__name__}")


def failure_of_credentials(error: CredentialsError) -> GitHubFailure:
    """What it means that there is no token to ask with: nothing was sent."""
    if error.transient:
        retry_at = error.retry_at if isinstance(error, NotNow) else None
        return GitHubFailure(Cause.NOT_SENT, str(error), retry_at=retry_at)
    return GitHubFailure(Cause.UNAUTHORIZED, str(error), status=HTTPStatus.UNAUTHORIZED)


def _never_connected(error: BaseException) -> bool:
    """Whether the request certainly never left: the connection was not made, or its certificate was not taken."""
    kinds = (NewConnectionError, ConnectTimeoutError, ProxyError, ssl.SSLCertVerificationError)
    return any(isinstance(each, kinds) for each in _behind(error))


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error and those it wraps: requests keeps urllib3's among its arguments, urllib3 as `reason`."""
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException):
            yield each
            waiting += [*each.args, getattr(each, "reason", None)]


def _words(status: int, body: object) -> str:
    said = body
    if isinstance(body, dict):
        details = body.get("errors")
        said = f"{body.get('message', '')} {json.dumps(details) if details else ''}"
    # A proxy before GitHub answers with a page of HTML, which tells a person nothing.
    text = " ".join(said.split()) if isinstance(said, str) and not said.lstrip().startswith("<") else ""
    if not text:
        return f"GitHub answered {status}"
    return text if len(text) <= _WORDS else text[: _WORDS - 1] + "…"
