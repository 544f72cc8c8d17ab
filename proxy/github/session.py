"""Requests to GitHub's API by owner, with the service's credentials."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from catalog.times import utc_time
from proxy.cache import CacheEntry, Confirmed, Fetched
from proxy.errors import Garbage, Refused, Unavailable
from proxy.github.credential_client import LIMIT, CredentialClient
from proxy.github.credentials import GitHubCredentials
from proxy.github.failures import TokenRefused
from proxy.github.known_answers import ETAG, KnownAnswers
from proxy.github.limits import CORE, GRAPHQL, HourlyLimit
from proxy.github.paths import check_path
from proxy.github.sharing.write_turns import TakeTurn, WriteTurns
from proxy.http.exchange import Answer
from proxy.http.next_page import next_page
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret


class GitHubSession:
    """Sends all requests to GitHub. Safe to use from many threads.

    Args:
        transport: sends the requests.
        api_url: https://api.github.com, or https://HOST/api/v3 of an Enterprise Server.
        credentials: the token for each owner.
        known: the last answers, for `repeated`; None: every answer is fetched.
        take_turn: takes the turn to write, among all processes; None: there are no others.

    Attributes:
        api_url: without a slash at the end.
    """

    def __init__(
        self,
        transport: Transport,
        api_url: str,
        credentials: GitHubCredentials,
        known: KnownAnswers | None = None,
        take_turn: TakeTurn | None = None,
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self._transport = transport
        self._credentials = credentials
        self._known = known
        self._take_turn = take_turn
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], CredentialClient] = {}

    def login(self, owner: str) -> str | None:
        """The account that requests for the owner act as; None: only GitHub knows it.

        Raises:
            OutsideFailure: no token can be had.
        """
        return self._credentials.login(owner)

    def allowance(self, owner: str) -> str:
        """A name for the rate limit that requests for the owner count against."""
        return self._credentials.allowance(owner)

    def hours(self) -> Mapping[str, HourlyLimit]:
        """By resource, the hourly limit of which the least is left, as the last answers named them."""
        found: dict[str, HourlyLimit] = {}
        with self._lock:
            clients = dict(self._clients)
        for (_, resource), client in clients.items():
            known = found.get(resource)
            if (hour := client.hour) and (known is None or hour.remaining < known.remaining):
                found[resource] = hour
        return found

    def ask(
        self,
        method: str,
        path: str,
        *,
        owner: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit: int = LIMIT,
    ) -> Answer:
        """Send one request with the owner's token; a refused token is replaced once.

        GET and HEAD are repeated as the transport does; a POST is carried out at most once.

        Args:
            method: the HTTP method.
            path: path and query below the API's address: `/repos/OWNER/NAME`.
            owner: the user or organization that owns what is requested.
            headers: besides the usual ones; headers that identify the client are left out.
            body: JSON, for POST.
            limit: the most bytes of the answer's body.

        Returns:
            An answer with status 2xx, or 304.

        Raises:
            NotFound: it does not exist, or the token may not see it.
            Refused: the credentials are not enough, or the request cannot be carried out as it is.
            Unavailable: GitHub cannot be reached now (`retry_at`: the time it named). A POST was not carried out.
            OutcomeUnknown: a POST may have been carried out.
            Garbage: the answer is too large, comes from another host, or contains our own credential.
            AddressRefused: the API is at an address that is not listed.
        """
        check_path(path)
        client = self._client(owner)

        def send(token: Secret | None) -> Answer:
            return client.ask(method, path, token, headers=headers, body=body, limit=limit)

        return self._with_token(owner, send)

    def query(self, document: str, variables: Mapping[str, str], *, owner: str) -> Mapping[str, object]:
        """Read with the GraphQL API, which has an hourly limit of its own; `document` changes nothing.

        Args:
            document: a query of GraphQL.
            variables: their values by name.
            owner: the user or organization that owns what is requested.

        Returns:
            The data; a part that cannot be read is None there.

        Raises:
            OutsideFailure: see `ask`; Refused also without credentials, which GitHub requires here.
        """
        body = json.dumps({"query": document, "variables": dict(variables)}).encode()
        client = self._client(owner, GRAPHQL)

        def send(token: Secret | None) -> Answer:
            if token is None:
                raise Refused("GitHub's GraphQL API takes no requests without credentials")
            return client.ask("POST", "/graphql", token, body=body, reading=True)

        answer = self._with_token(owner, send)
        match _document(answer.body):
            case {"data": dict(data)}:
                return data
            case {"errors": [{"type": "RATE_LIMITED"}, *_]}:
                # With status 200 (GitHub's docs, "Rate limits and query limits for the GraphQL API").
                until = client.limited_until()
                raise Unavailable(f"GitHub's limit of queries is used up; retried from {utc_time(until)}", until)
            case _:
                raise Garbage(f"{urlsplit(self.api_url).netloc} answered a query without data; retried later")

    def _with_token(self, owner: str, send: Callable[[Secret | None], Answer]) -> Answer:
        token = self._credentials.token(owner)
        try:
            return send(token)
        except TokenRefused:
            if token is None or not self._credentials.discard(owner, token):
                raise
        return send(self._credentials.token(owner))

    def repeated(
        self, path: str, *, owner: str, headers: Mapping[str, str] | None = None, limit: int = LIMIT
    ) -> Answer:
        """GET what is asked for again and again; if it is unchanged, it costs nothing of the hourly limit.

        Args:
            path: see `ask`.
            owner: see `ask`.
            headers: see `ask`.
            limit: see `ask`.

        Raises:
            OutsideFailure: see `ask`.
        """

        def ask(etag: str | None) -> Answer:
            tagged = {**(headers or {}), **({"If-None-Match": etag} if etag else {})}
            return self.ask("GET", path, owner=owner, headers=tagged, limit=limit)

        if self._known is None:
            return ask(None)
        accept = next((value for name, value in (headers or {}).items() if name.lower() == "accept"), "")
        key = " ".join(("github-known", self.api_url, self._credentials.allowance(owner), accept, path))
        return self._known.get(key, ask)

    def conditional(
        self, path: str, *, owner: str, entry: CacheEntry | None, fresh_for: timedelta | Callable[[bytes], timedelta]
    ) -> Fetched | Confirmed:
        """GET for the cache; an authorized 304 does not count against GitHub's rate limit.

        Args:
            path: see `ask`.
            owner: see `ask`.
            entry: the cached entry, if any.
            fresh_for: how long the answer stays fresh, or a function of its body that returns it.

        Returns:
            The answer with its `link` header, or `Confirmed` if the entry is still correct.

        Raises:
            OutsideFailure: see `ask`.
        """
        known = entry.etag if entry else None
        answer = self.ask("GET", path, owner=owner, headers={"if-none-match": known} if known else None)
        if answer.status == HTTPStatus.NOT_MODIFIED and known:
            return Confirmed()
        if answer.status != HTTPStatus.OK:
            where = f"{urlsplit(self.api_url).netloc}{path.partition('?')[0]}"
            raise Garbage(f"{where} answered {answer.status}, which is not a valid answer to GET; retried later")
        etag = answer.headers.get("etag", "")
        return Fetched(
            answer.body,
            fresh_for if isinstance(fresh_for, timedelta) else fresh_for(answer.body),
            etag=etag if ETAG.fullmatch(etag) else None,
            headers={"link": answer.headers["link"]} if "link" in answer.headers else {},
        )

    def next_path(self, headers: Mapping[str, str], where: object) -> str | None:
        """The path of a list's next page for `ask`; None on the last page.

        Args:
            headers: of the page's answer; only `link` is read.
            where: the name of the list, for messages.

        Raises:
            Garbage: the next page is on another host or outside the API, where our credentials must not go.
        """
        target = next_page(Answer(HTTPStatus.OK, headers, b"", f"{self.api_url}/"), where)
        if target is None:
            return None
        base = urlsplit(self.api_url).path
        if not target.startswith(f"{base}/"):
            raise Garbage(f"{where}: the next page is outside of GitHub's API, which is not allowed")
        return target.removeprefix(base)

    def _client(self, owner: str, resource: str = CORE) -> CredentialClient:
        key = self._credentials.allowance(owner), resource
        address = self.api_url if resource == CORE else _address_of_graphql(self.api_url)
        with self._lock:
            found = self._clients.get(key)
            if found is None:
                turns = WriteTurns(self._transport, self._take_turn, key[0]) if self._take_turn else None
                found = self._clients[key] = CredentialClient(self._transport, address, resource, turns)
            return found


def _address_of_graphql(api_url: str) -> str:
    """https://api.github.com, or https://HOST/api of an Enterprise Server."""
    return api_url.removesuffix("/v3") if api_url.endswith("/api/v3") else api_url


def _document(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
