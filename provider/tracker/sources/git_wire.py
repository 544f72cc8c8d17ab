"""Tags of a git repository by one request over a connection that is kept: protocol v2's `ls-refs`.

Source: git's documentation, gitprotocol-http(5) and gitprotocol-v2(5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from provider.tracker.sources.git_refs import (
    RemoteTag,
    UnreadableRefs,
    capabilities,
    request_for_tags,
    tags_answered,
)
from proxy.errors import NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.retry_after import wait_of
from proxy.http.transport import Transport

LIMIT = 32 * 1024 * 1024
"""Bytes of a list of tags at most: about 200,000 tags."""

_SERVICE = "git-upload-pack"
_REFS = "/info/refs"
_V2 = {"git-protocol": "version=2", "user-agent": USER_AGENT, "accept-encoding": "identity"}
_ASKING = {
    **_V2,
    "content-type": f"application/x-{_SERVICE}-request",
    "accept": f"application/x-{_SERVICE}-result",
}
_RESULT = f"application/x-{_SERVICE}-result"
_NOT_NOW = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class AskGit:
    """The server is to be asked by git itself, at this address: where a redirect on its host led."""

    url: str


class GitWire:
    """Lists tags over https, and over http where the transport's policy lists the host. Safe to use from many threads.

    The request is sent at once, without asking first what the server speaks: nearly all speak v2. Whatever does not
    answer as v2 says is asked what it is, which also tells where a redirect on the same host leads; no redirect to
    another host is followed.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def tags(self, url: str, credentials: Mapping[str, str]) -> tuple[RemoteTag, ...] | AskGit:
        """All tags, by name.

        Args:
            url: of the repository, http or https.
            credentials: headers that only its host is sent.

        Raises:
            NotFound, Refused, Unavailable: see the port.
        """
        found = self._ls_refs(url, credentials)
        if found is not None:
            return found
        served_at, able = self._discovered(url, credentials)
        again = self._ls_refs(served_at, credentials) if able is not None else None
        return AskGit(served_at) if again is None else again

    def filtering(self, url: str, credentials: Mapping[str, str]) -> str | None:
        """Where the repository is, after redirects, if its server leaves out what a fetch does not want; else None.

        Raises:
            NotFound, Refused, Unavailable: see the port.
        """
        served_at, able = self._discovered(url, credentials)
        return served_at if "filter" in (able or {}).get("fetch", "").split() else None

    def _ls_refs(self, url: str, credentials: Mapping[str, str]) -> tuple[RemoteTag, ...] | None:
        """The tags; None where the answer is not one of v2."""
        answer = self._transport.request(
            "POST", f"{url}/{_SERVICE}", {**_ASKING, **credentials}, body=request_for_tags(), limit=LIMIT
        )
        if answer.status in _NOT_NOW or answer.status == HTTPStatus.UNAUTHORIZED:
            raise self._failure(url, answer)
        if answer.status != HTTPStatus.OK or answer.headers.get("content-type") != _RESULT:
            return None
        try:
            return tags_answered(answer.body)
        except UnreadableRefs:
            return None

    def _discovered(self, url: str, credentials: Mapping[str, str]) -> tuple[str, Mapping[str, str] | None]:
        """Where the repository is, after redirects, and what its server can do; None where it speaks no v2."""
        query = f"?service={_SERVICE}"
        answer = self._transport.request("GET", f"{url}{_REFS}{query}", {**_V2, **credentials}, limit=LIMIT)
        if answer.status != HTTPStatus.OK:
            raise self._failure(url, answer)
        served_at = answer.url.partition("?")[0]
        if not served_at.endswith(_REFS):
            raise NotFound(f"{url} leads to {served_at}, which is no git repository; check the address")
        return served_at.removesuffix(_REFS), capabilities(answer.body)

    def _failure(self, url: str, answer: Answer) -> OutsideFailure:
        match answer.status:
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                return NotFound(f"there is no git repository at {url}, or the service may not see it")
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                # GitHub and others answer 401 for a repository that is not there.
                return Refused(
                    f"{url} may not be read (the server answered {answer.status}); "
                    "check the address, and the token for its host"
                )
            case _:
                now = self._transport.now()
                wait = wait_of(answer.headers, now)
                said = f"{url}: the server answered {answer.status}; tried again later"
                return Unavailable(said, now + wait if wait else None)
