"""Requests to other APIs than the distribution specification's, at the registry's own host."""

from collections.abc import Mapping
from http import HTTPStatus

from catalog.reference import ImageReference
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.budgets.spending import admitted
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.registries.token_requests import basic_header
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.forms import shows
from proxy.secrets.registry_credentials import RegistryCredentials

LIMIT = 8 * 1024 * 1024
"""The most bytes of an answer: a page of Harbor with 100 artifacts and all their labels has less than a million."""

_HEADERS: Mapping[str, str] = {"accept": "application/json", "user-agent": USER_AGENT}
# As failures of `_good`, they do not pause the registry.
_FAILURES = frozenset(each.value for each in HTTPStatus if each >= HTTPStatus.BAD_REQUEST)
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class OwnHosts:
    """Sends GET to registries' own hosts, and the credentials of a host to nobody else. Safe to use from many threads.

    Requests count in the registry's budget, but failures of these APIs do not pause it: monitoring does not need them.
    A registry with a mirror gets none.

    Args:
        transport: sends the requests.
        credentials: by registry host.
        registries: their addresses and budgets.
    """

    def __init__(self, transport: Transport, credentials: RegistryCredentials, registries: Registries) -> None:
        self._transport = transport
        self._credentials = credentials
        self._registries = registries

    def challenge(self, host: str) -> str:
        """The `WWW-Authenticate` of a registry's answer to a request without credentials; empty if there is none.

        Raises:
            OutsideFailure: the registry has a mirror or cannot be reached.
        """
        return self._get(host, "/v2/", None).headers.get("www-authenticate", "")

    def ask(self, host: str, path: str, repository: str) -> Answer:
        """GET a path with the registry's user and password if there are any; if these are refused, without them.

        Args:
            host: of the registry.
            path: with its query.
            repository: that the request is about.

        Returns:
            An answer with status 200 that does not contain the password.

        Raises:
            NotFound, Refused, Unavailable, Garbage, AddressRefused: by the answer.
        """
        credentials = self._credentials.for_registry(host, repository)
        if credentials is None or not credentials.username:
            return self.ask_anonymously(host, path)
        try:
            return self._good(host, path, credentials)
        except (NotFound, Refused) as refusal:
            try:
                return self._good(host, path, None)
            except OutsideFailure:
                raise refusal from None

    def ask_anonymously(self, host: str, path: str) -> Answer:
        """GET a path without credentials; otherwise as `ask`."""
        return self._good(host, path, None)

    def ask_with_tokens(self, reference: ImageReference, path: str, *, limit: int = LIMIT) -> Answer:
        """GET a path about a repository as the registry's own lists are asked: by its challenges, with its tokens.

        Raises:
            NotFound, Refused, Unavailable, Garbage, AddressRefused: by the answer.
        """
        if self._registries.own_host(reference.registry) is None:
            raise Refused(f"{reference.registry} has a mirror, so its other APIs are not asked")
        answer = self._registries.session(reference).ask(
            "GET", path, reference.repository, about=reference.image, limit=limit, also=_FAILURES
        )
        if answer.status != HTTPStatus.OK:
            raise _failure(
                f"{reference.registry} answered {answer.status} to GET {path.partition('?')[0]}", answer.status
            )
        return answer

    def _good(self, host: str, path: str, credentials: BasicCredentials | None) -> Answer:
        answer = self._get(host, path, credentials)
        summary = f"{host} answered {answer.status} to GET {path.partition('?')[0]}"
        if credentials and shows(credentials.password, answer.body, *answer.headers.values()):
            raise Garbage(f"{summary} with the service's own credential in it; the answer is discarded")
        if answer.status == HTTPStatus.OK:
            return answer
        raise _failure(summary, answer.status)

    def _get(self, host: str, path: str, credentials: BasicCredentials | None) -> Answer:
        own = self._registries.own_host(host)
        if own is None:
            raise Refused(f"{host} has a mirror, so its other APIs are not asked")
        endpoint, budget = own
        headers = {**_HEADERS, "authorization": basic_header(credentials)} if credentials else _HEADERS
        with admitted(budget, self._transport):
            return self._transport.request("GET", f"{endpoint.url}{path}", headers, limit=LIMIT)


def _failure(summary: str, status: int) -> OutsideFailure:
    if status == HTTPStatus.NOT_FOUND:
        return NotFound(f"{summary}: there is no such repository, or the credentials may not see it")
    if status in _REFUSED:
        return Refused(f"{summary}: the credentials are not enough")
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"{summary}; retried later")
    return Garbage(f"{summary}, which is not a valid answer; retried later")
