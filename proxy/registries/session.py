"""Requests to one registry: budget, authorization, and the errors for its answers."""

import base64
import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from proxy.deadline import Deadline
from proxy.errors import Garbage, KeptBack, NotFound, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.http.budgets.budget import Budget
from proxy.http.budgets.spending import admitted
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.redirects import same_server
from proxy.http.retry_after import wait_of
from proxy.http.transport import DEFAULT_LIMIT, Transport
from proxy.registries.auth import Authenticator, Authorization, is_refusal, question_of
from proxy.registries.documents.error_texts import own_words, status_meant
from proxy.registries.elsewhere import AnonymousAuthenticators
from proxy.registries.endpoints import Endpoint
from proxy.registries.lane import Lane, Question
from proxy.secrets.forms import shows
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret

_GOOD = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# Some proxies send every error document with one of these.
_UNCLEAR = frozenset({HTTPStatus.OK, HTTPStatus.BAD_REQUEST})
PLAIN_HEADERS: Mapping[str, str] = {"user-agent": USER_AGENT}

# A shorter token is no secret: what everybody gets may occur in a tag.
_SHORTEST_CREDENTIALS = 16

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
        self._root = f"{endpoint.url}/"
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
        self._elsewhere = AnonymousAuthenticators(self._send_to_token_server, transport.now, transport.policy)

    def now(self) -> datetime:
        """The time, in UTC."""
        return self._transport.now()

    def costs_more(self, path: str) -> bool:
        """Whether GET of the path counts against the registry's own limit, and HEAD does not."""
        return self._counts("GET", path) and not self._counts("HEAD", path)

    def ask(
        self,
        method: str,
        path: str,
        repository: str,
        *,
        about: object,
        headers: Mapping[str, str] = PLAIN_HEADERS,
        limit: int = DEFAULT_LIMIT,
        also: Collection[int] = (),
    ) -> Answer:
        """Send one request about a repository; redirects to other hosts are followed without Authorization.

        Args:
            method: GET or HEAD.
            path: path and query below the endpoint.
            repository: of the reference, without a mirror's prefix.
            about: the subject of messages, usually the reference.
            headers: without Authorization.
            limit: the most bytes of the answer's body.
            also: statuses that are no errors for this request, unless the body says that there is no such thing.

        Returns:
            An answer with status 200, 304 or one of `also`.

        Raises:
            NotFound, Refused, Unavailable, Garbage, AddressRefused: by the registry's answer.
        """
        scoped = self.endpoint.prefix + repository

        def send(authorization: Authorization | None) -> Answer:
            signed = _signed(headers, authorization)
            answer = self._send(method, self.endpoint.url + path, signed, path, repository=scoped, limit=limit)
            if answer.status not in _REFUSED or self._is_own(answer):
                return answer
            anonymous = self._elsewhere.authorization(answer)
            if anonymous is None:
                return answer
            return self._send(method, answer.url, _signed(headers, anonymous), path, repository=scoped, limit=limit)

        try:
            answer = self._authenticated(method, path, scoped, about, send, also)
        except KeptBack:
            raise
        except Unavailable as error:
            raise self._noted(error, scoped, counted=self._counts(method, path)) from error.__cause__
        except NotFound:
            self.budget.answered(scoped)
            raise
        except Refused as refusal:
            self.budget.answered(scoped)
            raise self._authenticator.explained(refusal, scoped) from refusal
        if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self.budget.answered(scoped)
        return answer

    def _authenticated(
        self, method: str, path: str, scoped: str, about: object, send: _Send, also: Collection[int]
    ) -> Answer:
        """The answer, after the registry's challenge if there is one."""
        question = question_of(path)
        used = self._authenticator.authorization(scoped, question)
        answer = send(used)
        if answer.status in _GOOD:
            self._authenticator.accepted(scoped, used, None)
        else:
            answer, used = self._authenticate(answer, used, scoped, question, send)
        meant = status_meant(answer.body) if answer.status in _UNCLEAR.union(also) else None
        if answer.status in also and meant is not HTTPStatus.NOT_FOUND:
            return answer
        if answer.status not in _GOOD or meant:
            answer = self._explained(method, path, answer, used, scoped)
            raise self._failure(method, path, answer, about, used, meant)
        if answer.body and used is not None and _holds(answer.body, used):
            raise Garbage(
                f"{about}: {self.endpoint.host} sent the service's own credentials back; the answer is discarded"
            )
        return answer

    @property
    def is_settled(self) -> bool:
        """Whether it is known what the registry wants, and requests to it need not be spread over time."""
        return self.budget.limits.rate is None and self._authenticator.is_settled

    def ask_many(
        self, questions: Sequence[tuple[str, str]], headers: Sequence[Mapping[str, str]], deadline: Deadline | None
    ) -> Iterator[tuple[int, Answer | None]]:
        """Send many HEAD requests from one thread, as far as they go well.

        Args:
            questions: path and repository of each, as for `ask`.
            headers: of each.
            deadline: in its last 5 seconds no request is begun.

        Yields:
            The number of each question with an answer of status 200 or 304; or with None, so that `ask` has to be used.
        """
        lane = Lane(self._transport, self.budget, self._authenticator)
        asked = (
            Question(
                number,
                self.endpoint.url + path,
                self.endpoint.prefix + repository,
                headers[number],
                self._counts("HEAD", path),
            )
            for number, (path, repository) in enumerate(questions)
        )
        return lane.ask(asked, deadline)

    def prepare(self, repositories: Iterable[str]) -> list[str]:
        """Prepare requests for many repositories: get the registry's challenge, and plan tokens for several at once.

        Returns:
            The first repository of each batch, in order, for `fetch_token`; none if the registry requires no
            tokens, or does not grant them for several repositories.
        """
        with contextlib.suppress(OutsideFailure):  # the request for each repository raises its own error
            if not self._authenticator.knows_challenge:
                answer = self._send("GET", f"{self.endpoint.url}/v2/", PLAIN_HEADERS, "/v2/")
                if self._is_own(answer):
                    self._authenticator.learn(answer)
        prefix = self.endpoint.prefix
        firsts = self._authenticator.plan(prefix + repository for repository in repositories)
        return [first.removeprefix(prefix) for first in firsts]

    def fetch_token(self, repository: str) -> None:
        """Fetch the token for a repository and its batch; a failure is raised by the request that needs the token."""
        with contextlib.suppress(OutsideFailure):
            self._authenticator.authorization(self.endpoint.prefix + repository, "manifests")

    def _authenticate(
        self, answer: Answer, used: Authorization | None, repository: str, question: str, send: _Send
    ) -> tuple[Answer, Authorization | None]:
        """Answer a challenge, and replace a refused token once."""
        refused: Authorization | None = None
        while is_refusal(answer, used) and refused is None and self._is_own(answer):
            renewed = self._authenticator.renewed(answer, repository, question, used)
            if renewed is None:
                break
            refused, used = used, renewed
            answer = send(used)
        if answer.status in _GOOD:
            self._authenticator.accepted(repository, used, refused)
        return answer, used

    def _explained(self, method: str, path: str, answer: Answer, used: Authorization | None, repository: str) -> Answer:
        """The answer; a refusal of a password with the registry's words, which an answer to HEAD does not have."""
        refused = used is not None and not used.token and answer.status in _REFUSED and self._is_own(answer)
        if method == "HEAD" and refused and not self.costs_more(path):
            with contextlib.suppress(OutsideFailure):
                headers = _signed(PLAIN_HEADERS, used)
                said = self._send("GET", self.endpoint.url + path, headers, path, repository=repository)
                if said.status == answer.status:
                    return replace(answer, body=said.body)
        return answer

    def _noted(self, error: Unavailable, repository: str, *, counted: bool) -> Unavailable:
        """The failure with the time of the next request, which it may put off for the repository or for all."""
        now = self._transport.now()
        self.budget.failed(now, None if isinstance(error, Unreachable) else repository, error.retry_at)
        error.retry_at = error.retry_at or self.budget.retry_at(now, counted=counted, repository=repository)
        return error

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        path: str,
        *,
        repository: str | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> Answer:
        counted = self._counts(method, path)

        with admitted(self.budget, self._transport, counted=counted, repository=repository):
            answer = self._transport.request(method, url, headers, limit=limit, other_hosts=True)
        if self._is_own(answer):
            self.budget.observe(answer.status, answer.headers, self._transport.now(), counted=counted, shared=False)
        return answer

    def _is_own(self, answer: Answer) -> bool:
        """Whether the answer is the registry's own; else it is of a host to which the registry redirected."""
        return answer.url.startswith(self._root) or same_server(answer.url, self._root)

    def _send_to_token_server(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        with admitted(self.budget, self._transport, counted=False):
            answer = self._transport.request(method, url, headers, body=body)
        limited = answer.status == HTTPStatus.TOO_MANY_REQUESTS
        self.budget.observe(answer.status, answer.headers, self._transport.now(), counted=False, shared=limited)
        return answer

    def _failure(
        self,
        method: str,
        path: str,
        answer: Answer,
        about: object,
        used: Authorization | None,
        meant: HTTPStatus | None,
    ) -> OutsideFailure:
        """The error for an answer; `meant`: the status that fits its body better than its own."""
        own, status = self._is_own(answer), meant or answer.status
        host = self.endpoint.host if own else urlsplit(answer.url).netloc
        summary = f"{about}: {host} answered {answer.status} to {method} {path.partition('?')[0]}"
        if not own:
            summary += f", which {self.endpoint.host} redirected there"
        if words := own_words(answer.body, _secrets(used)):
            summary += f" ({words})"
        if status == HTTPStatus.NOT_FOUND:
            return NotFound(f"{summary}: there is no such repository, tag or digest; check the reference")
        if status in _REFUSED and not own:
            return Refused(
                f"{summary}: hosts behind a redirect get no credentials; write the reference with the host itself"
            )
        if status in _REFUSED:
            whose = "its credentials are not enough" if used and used.has_credentials else "it wants credentials"
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
    sent = authorization.header.reveal().rpartition(" ")[2]
    return len(sent) >= _SHORTEST_CREDENTIALS and shows(Secret(sent), body)


def _secrets(authorization: Authorization | None) -> Iterator[Secret]:
    """What the header contains: the token, or user and password in base64 and the password alone."""
    if authorization is None:
        return
    scheme, _, sent = authorization.header.reveal().partition(" ")
    yield Secret(sent)
    if scheme == "Basic":
        yield Secret(base64.b64decode(sent).decode().partition(":")[2])
