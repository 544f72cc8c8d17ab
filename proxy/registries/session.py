"""Requests to one registry: budget, authorization, and the errors for its answers."""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

from proxy.errors import Garbage, KeptBack, NotFound, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.http.budget import Budget
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.redirects import same_server
from proxy.http.retry_after import wait_of
from proxy.http.spending import admitted
from proxy.http.transport import DEFAULT_LIMIT, Transport
from proxy.registries.auth import Authenticator, Authorization, is_refusal
from proxy.registries.endpoints import Endpoint
from proxy.secrets.forms import shows
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret

_GOOD = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
PLAIN_HEADERS: Mapping[str, str] = {"user-agent": USER_AGENT}

_Send = Callable[[Authorization | None], Answer]


class Session:
    """Sends all requests to one registry. Safe to use from many threads.

    Args:
        endpoint: the address of its API.
        transport: sends the requests.
        budget: limits the requests.
        counts: whether a request (method, path) counts against the registry's own limit.
        registry: the host that the credentials belong to.
        credentials: of all registries.
        trusted_realms: registry host to a token server's host that may get its credentials.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        transport: Transport,
        budget: Budget,
        counts: Callable[[str, str], bool],
        registry: str,
        credentials: RegistryCredentials,
        trusted_realms: Mapping[str, str],
    ) -> None:
        self.endpoint = endpoint
        self.budget = budget
        self._transport = transport
        self._counts = counts
        self._authenticator = Authenticator(
            registry,
            credentials,
            send=self._send_to_token_server,
            now=transport.now,
            policy=transport.policy,
            trusted_realms=trusted_realms,
        )

    def ask(
        self,
        method: str,
        path: str,
        repository: str,
        *,
        about: object,
        headers: Mapping[str, str] = PLAIN_HEADERS,
        limit: int = DEFAULT_LIMIT,
        other_hosts: bool = False,
    ) -> Answer:
        """Send one request about a repository.

        Args:
            method: GET or HEAD.
            path: path and query below the endpoint.
            repository: of the reference, without a mirror's prefix.
            about: the subject of messages, usually the reference.
            headers: without Authorization.
            limit: the most bytes of the answer's body.
            other_hosts: follow redirects to other hosts, without Authorization.

        Returns:
            An answer with status 200 or 304.

        Raises:
            NotFound, Refused, Unavailable, Garbage, AddressRefused: by the registry's answer.
        """
        scoped = self.endpoint.prefix + repository

        def send(authorization: Authorization | None) -> Answer:
            signed = _signed(headers, authorization)
            return self._send(method, path, signed, repository=scoped, limit=limit, other_hosts=other_hosts)

        try:
            answer = self._authenticated(method, path, scoped, about, send)
        except KeptBack:
            raise
        except Unavailable as error:
            raise self._noted(error, scoped, counted=self._counts(method, path)) from error.__cause__
        except (NotFound, Refused):
            self.budget.answered(scoped)
            raise
        self.budget.answered(scoped)
        return answer

    def _authenticated(self, method: str, path: str, scoped: str, about: object, send: _Send) -> Answer:
        """The answer, after the registry's challenge if there is one."""
        used = self._authenticator.authorization(scoped)
        answer = send(used)
        if answer.status in _GOOD:
            self._authenticator.accepted(scoped, used, None)
        else:
            answer, used = self._authenticate(answer, used, scoped, send)
        if answer.status not in _GOOD:
            raise self._failure(method, path, answer, about, signed=used is not None)
        if answer.body and used is not None and _holds(answer.body, used):
            raise Garbage(
                f"{about}: {self.endpoint.host} sent the service's own credentials back; the answer is discarded"
            )
        return answer

    def prepare(self, repositories: Iterable[str]) -> list[str]:
        """Prepare requests for many repositories: get the registry's challenge, and plan tokens for several at once.

        Returns:
            The first repository of each batch, in order, for `fetch_token`; none if the registry requires no
            tokens, or does not grant them for several repositories.
        """
        with contextlib.suppress(OutsideFailure):  # the request for each repository raises its own error
            if not self._authenticator.knows_challenge:
                self._authenticator.learn(self._send("GET", "/v2/", PLAIN_HEADERS))
        prefix = self.endpoint.prefix
        firsts = self._authenticator.plan(prefix + repository for repository in repositories)
        return [first.removeprefix(prefix) for first in firsts]

    def fetch_token(self, repository: str) -> None:
        """Fetch the token for a repository and its batch; a failure is raised by the request that needs the token."""
        with contextlib.suppress(OutsideFailure):
            self._authenticator.authorization(self.endpoint.prefix + repository)

    def _authenticate(
        self, answer: Answer, used: Authorization | None, repository: str, send: _Send
    ) -> tuple[Answer, Authorization | None]:
        """Answer a challenge, and replace a refused token once."""
        refused: Authorization | None = None
        while is_refusal(answer, used) and refused is None:
            renewed = self._authenticator.renewed(answer, repository, used)
            if renewed is None:
                break
            refused, used = used, renewed
            answer = send(used)
        if answer.status in _GOOD:
            self._authenticator.accepted(repository, used, refused)
        return answer, used

    def _noted(self, error: Unavailable, repository: str, *, counted: bool) -> Unavailable:
        """The failure with the time of the next request, which it may put off for the repository or for all."""
        now = self._transport.now()
        self.budget.failed(now, None if isinstance(error, Unreachable) else repository, error.retry_at)
        error.retry_at = error.retry_at or self.budget.retry_at(now, counted=counted, repository=repository)
        return error

    def _send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        repository: str | None = None,
        limit: int = DEFAULT_LIMIT,
        other_hosts: bool = False,
    ) -> Answer:
        url = self.endpoint.url + path
        counted = self._counts(method, path)

        with admitted(self.budget, self._transport, counted=counted, repository=repository):
            answer = self._transport.request(method, url, headers, limit=limit, other_hosts=other_hosts)
        if not other_hosts or same_server(answer.url, url):
            self.budget.observe(answer.status, answer.headers, self._transport.now(), counted=counted, shared=False)
        return answer

    def _send_to_token_server(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        with admitted(self.budget, self._transport, counted=False):
            answer = self._transport.request(method, url, headers, body=body)
        limited = answer.status == HTTPStatus.TOO_MANY_REQUESTS
        self.budget.observe(answer.status, answer.headers, self._transport.now(), counted=False, shared=limited)
        return answer

    def _failure(self, method: str, path: str, answer: Answer, about: object, *, signed: bool) -> OutsideFailure:
        summary = f"{about}: {self.endpoint.host} answered {answer.status} to {method} {path.partition('?')[0]}"
        status = answer.status
        if status == HTTPStatus.NOT_FOUND:
            return NotFound(f"{summary}: there is no such repository, tag or digest; check the reference")
        if status in _REFUSED:
            whose = "its credentials are not enough" if signed else "it wants credentials"
            return Refused(f"{summary}: {whose}, or there is no such repository; check its entry in the auth file")
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            now = self._transport.now()
            wait = wait_of(answer.headers, now)
            return Unavailable(f"{summary}; retried later", now + wait if wait else None)
        return Garbage(f"{summary}, which is not in the specification; retried later")


def _signed(headers: Mapping[str, str], authorization: Authorization | None) -> Mapping[str, str]:
    if authorization is None:
        return headers
    return {**headers, "authorization": authorization.header.reveal()}


def _holds(body: bytes, authorization: Authorization) -> bool:
    """Whether the body contains the credentials of the header."""
    return shows(Secret(authorization.header.reveal().rpartition(" ")[2]), body)
