"""PyGithub behind an adapter: its requests go through our session, like all requests to GitHub.

PyGithub alone has no address policy and no size limit, follows redirects, spaces writes without a lock, and repeats and
sleeps by its own rules. Here it builds requests and reads answers; the session sends them, so the budget, the token and
the errors are the same for all requests.
"""

import io
import json
from collections.abc import ItemsView
from typing import Any, NoReturn
from urllib.parse import urlsplit

from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester, RequestsResponse

from proxy.errors import Garbage, Refused, perhaps_done
from proxy.github.credential_client import LIMIT
from proxy.github.session import GitHubSession
from proxy.http.exchange import SAFE_METHODS, USER_AGENT, Answer
from proxy.http.printable import printable

PER_PAGE = 100
"""The most entries of a list that GitHub sends at once."""

_UNUSED_TIMEOUT = 20


class SessionRequester(Requester):
    """PyGithub's requester, whose JSON requests are sent by a session with an owner's token.

    Every failure is one of `proxy.errors`, never an exception of PyGithub; see `GitHubSession.ask`. PyGithub sends
    files, streams and forms, and the requests of a copy of itself, without this class: those are refused. Not safe for
    threads: create one for each task, which costs no request.

    Args:
        session: sends the requests.
        owner: the user or organization that owns everything that is requested.
        limit: the most bytes of an answer's body.
    """

    def __init__(self, session: GitHubSession, owner: str, *, limit: int = LIMIT) -> None:
        super().__init__(
            auth=None,
            base_url=session.api_url,
            timeout=_UNUSED_TIMEOUT,
            user_agent=USER_AGENT,
            per_page=PER_PAGE,
            verify=True,
            retry=None,
            pool_size=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        )
        self._session = session
        self._owner = owner
        self._limit = limit

    def requestJson(  # noqa: N802 - PyGithub's name
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        input: Any | None = None,  # noqa: A002 - PyGithub's name
        cnx: HTTPRequestsConnectionClass | HTTPSRequestsConnectionClass | None = None,  # noqa: ARG002 - ours is used
        follow_302_redirect: bool = False,  # noqa: ARG002, FBT001, FBT002 - PyGithub's; the session answers no 302
    ) -> tuple[int, dict[str, Any], str]:
        """See PyGithub; the status is 2xx or 304."""
        connection = _SessionConnection(self._session, self._owner, self._limit)
        return super().requestJson(verb, url, parameters, headers, input, connection)

    def requestJsonAndCheck(  # noqa: N802 - PyGithub's name
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        input: Any | None = None,  # noqa: A002 - PyGithub's name
        follow_302_redirect: bool = False,  # noqa: ARG002, FBT001, FBT002 - PyGithub's; the session answers no 302
    ) -> tuple[dict[str, Any], Any]:
        """See PyGithub; the document is None if the answer has no body.

        Raises:
            Garbage: the answer is not JSON, or the address is not below the API's.
            OutcomeUnknown: the answer to a POST is not JSON.
        """
        path = url.removeprefix(self._session.api_url)
        if not path.startswith("/"):
            raise Garbage(f"{verb} {printable(url)}: the address is outside of GitHub's API, which is not allowed")
        try:
            return super().requestJsonAndCheck(verb, path, parameters, headers, input)
        except json.JSONDecodeError as error:
            problem = f"{verb} {path}: GitHub's answer is not JSON"
            raise (Garbage(f"{problem}; retried later") if verb in SAFE_METHODS else perhaps_done(problem)) from error

    @property
    def kwargs(self) -> dict[str, Any]:
        """The arguments with which PyGithub would copy this requester.

        Raises:
            Refused: always.
        """
        _refuse("requests of a copied requester")


class _SessionConnection(HTTPRequestsConnectionClass):
    """One request of PyGithub's, sent by the session. The parent's constructor, which would connect, is not called."""

    def __init__(self, session: GitHubSession, owner: str, limit: int) -> None:
        self._session = session
        self._owner = owner
        self._limit = limit

    def request(
        self,
        verb: str,
        url: str,
        input: str | io.BufferedReader | None,  # noqa: A002 - PyGithub's name
        headers: dict[str, str],
        stream: bool = False,  # noqa: FBT001, FBT002 - PyGithub's
    ) -> None:
        """See PyGithub; `url` is the path from the host's root."""
        if stream or not (input is None or isinstance(input, str)):
            _refuse("a file or a stream")
        self._path = url.removeprefix(urlsplit(self._session.api_url).path)
        self._verb, self._body, self._headers = verb, input, headers

    def getresponse(self) -> RequestsResponse:
        """See PyGithub."""
        owner, limit = self._owner, self._limit
        if self._verb == "GET" and self._body is None:
            answer = self._session.repeated(self._path, owner=owner, headers=self._headers, limit=limit)
        else:
            body = None if self._body is None else self._body.encode()
            answer = self._session.ask(
                self._verb, self._path, owner=owner, headers=self._headers, body=body, limit=limit
            )
        return _SessionResponse(answer)


class _SessionResponse(RequestsResponse):
    """The session's answer in the form that PyGithub reads."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self._answer = answer

    def getheaders(self) -> ItemsView[str, str]:
        """See PyGithub."""
        return self._answer.headers.items()

    def read(self) -> str:
        """See PyGithub; invalid UTF-8 is replaced, as in PyGithub's own class."""
        return self._answer.body.decode(errors="replace")


class _NoConnection(HTTPRequestsConnectionClass):
    """Replaces the connection that PyGithub opens itself, for everything except JSON."""

    def __init__(self, *_: object, **__: object) -> None:
        _refuse("anything but JSON")


class _NoSecureConnection(HTTPSRequestsConnectionClass):
    """The same for https."""

    def __init__(self, *_: object, **__: object) -> None:
        _refuse("anything but JSON")


def _refuse(what: str) -> NoReturn:
    raise Refused(f"PyGithub may not send {what} to GitHub; use GitHubSession.ask")


# PyGithub's own hook; called on our class, it does not affect other users of PyGithub in this process.
SessionRequester.injectConnectionClasses(_NoConnection, _NoSecureConnection)
