"""Asks GitHub's API by PyGithub: one request each time, nothing repeated, every refusal a `GitHubFailure`."""

import base64
import binascii
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

import requests
from github import Auth, Github

from provider.github_failures import (
    Cause,
    GitHubFailure,
    failure_of_answer,
    failure_of_credentials,
    failure_of_exception,
    renamed,
)
from proxy.errors import OutsideFailure
from proxy.github.credentials import GitHubCredentials

PER_PAGE = 100
TIMEOUT_SECONDS = 20
# GitHub's docs ask for a second between writes ("Best practices for using the REST API").
_SECONDS_BETWEEN_WRITES = 1.0
_OK = range(200, 300)


class NotAFile(Exception):
    """The path is there but is no file that can be read; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of 2xx; `document` is its JSON, None where it has none."""

    status: int
    document: Any


@dataclass(frozen=True, slots=True)
class GitHubClient:
    """GitHub as the credentials of one owner see it; asks nothing before it is needed."""

    github: Github
    credentials: GitHubCredentials
    owner: str


class GitHubClients:
    """Clients that send each request once and never wait for a rate limit. Safe for threads; `close` it at the end.

    PyGithub's own retry would repeat a POST that was answered 502, and sleep until a rate limit's reset.

    Args:
        api_url: https://api.github.com, or https://HOST/api/v3 of an Enterprise Server.
        credentials: whose token asks, by owner.
        timeout: in seconds, for the connection and for each read.
        seconds_between_writes: how long one write waits after another of the same credential.
    """

    def __init__(
        self,
        api_url: str,
        credentials: GitHubCredentials,
        *,
        timeout: int = TIMEOUT_SECONDS,
        seconds_between_writes: float = _SECONDS_BETWEEN_WRITES,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._credentials = credentials
        self._timeout = timeout
        self._seconds_between_writes = seconds_between_writes
        self._lock = threading.Lock()
        self._opened: dict[str, Github] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of(self, owner: str) -> GitHubClient:
        """The client for what belongs to a user or an organization."""
        allowance = self._credentials.allowance(owner)
        with self._lock:
            github = self._opened.get(allowance)
            if github is None:
                github = self._opened[allowance] = self._open(owner)
        return GitHubClient(github, self._credentials, owner)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            opened, self._opened = list(self._opened.values()), {}
        for github in opened:
            github.close()

    def _open(self, owner: str) -> Github:
        return Github(
            auth=_OwnersToken(self._credentials, owner),
            base_url=self._api_url,
            timeout=self._timeout,
            per_page=PER_PAGE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=self._seconds_between_writes,
            user_agent="image-factory",
            lazy=True,
        )


class _OwnersToken(Auth.Auth):
    """Asks for the token at each request, since an App's tokens live an hour."""

    def __init__(self, credentials: GitHubCredentials, owner: str) -> None:
        self._credentials = credentials
        self._owner = owner

    @property
    def token_type(self) -> str:
        return "Bearer"

    @property
    def token(self) -> str:
        token = self._credentials.token(self._owner)
        return token.reveal() if token else ""

    def authentication(self, headers: dict[str, Any]) -> None:
        """Without a token the request goes as nobody's."""
        if token := self.token:
            headers["Authorization"] = f"{self.token_type} {token}"


def ask(
    client: GitHubClient,
    method: str,
    path: str,
    *,
    parameters: Mapping[str, str] | None = None,
    body: Mapping[str, object] | None = None,
) -> Answer:
    """Send one request; once more where its token was refused, and so nothing carried out, and another is to be had.

    Raises:
        GitHubFailure: anything but a readable answer of 2xx.
    """
    try:
        token = client.credentials.token(client.owner)
        try:
            return _send(client.github, method, path, parameters, body)
        except GitHubFailure as failure:
            if failure.cause is not Cause.UNAUTHORIZED or token is None:
                raise
            if not client.credentials.discard(client.owner, token):
                raise
        return _send(client.github, method, path, parameters, body)
    except OutsideFailure as error:
        raise failure_of_credentials(error) from error


def _send(
    github: Github, method: str, path: str, parameters: Mapping[str, str] | None, body: Mapping[str, object] | None
) -> Answer:
    sent = dict(body) if body is not None else None
    try:
        status, headers, text = github.requester.requestJson(method, path, dict(parameters or {}), None, sent)
    except requests.RequestException as error:
        raise failure_of_exception(error, _now()) from error
    except RuntimeError as error:
        raise _not_followed(error) from error
    if status not in _OK:
        raise failure_of_answer(status, headers, _json(text, text), _now())
    return Answer(status, _json(text, None))


def read_file(client: GitHubClient, repository: str, path: str, ref: str | None) -> bytes:
    """A file of a repository, at a ref or on the default branch.

    A symbolic link inside the repository is followed by GitHub. From 1 MiB on GitHub sends no content.

    Raises:
        NotAFile: a folder, a submodule, a link that leads nowhere, or more than GitHub sends.
        GitHubFailure: see `ask`.
    """
    parameters = {"ref": ref} if ref else {}
    document = ask(client, "GET", f"/repos/{quote(repository)}/contents/{quote(path)}", parameters=parameters).document
    match document:
        case {"url": str(url)} if f"/repos/{repository}/contents/".lower() not in unquote(urlsplit(url).path).lower():
            # PyGithub follows a renamed repository's 301 without the query, and so to another branch.
            raise renamed(repository)
        case list():
            raise NotAFile("is a folder")
        case {"type": "file", "encoding": "base64", "content": str(content)}:
            return _decoded(content)
        case {"type": "file"}:
            raise NotAFile("is too large: GitHub sends files up to 1 MiB")
        case {"type": str(kind)}:
            raise NotAFile(f"is a {kind}, not a file")
        case _:
            raise GitHubFailure(Cause.SERVER_ERROR, "GitHub's answer about a file cannot be read")


def _not_followed(error: RuntimeError) -> GitHubFailure:
    """PyGithub's words for a 301 to another host or protocol; anything else broke before the request left."""
    if "redirected" in str(error):
        return GitHubFailure(Cause.REJECTED, f"{error}; is IMAGE_FACTORY_GITHUB_API_URL right?", status=301)
    return GitHubFailure(Cause.NOT_SENT, f"the request to GitHub was not sent: {error}")


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content)
    except binascii.Error as error:
        raise GitHubFailure(Cause.SERVER_ERROR, "GitHub's answer about a file is no base64") from error


def _json(text: str, otherwise: object) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return otherwise


def _now() -> datetime:
    return datetime.now(UTC)
