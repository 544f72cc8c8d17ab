"""Requests to Docker Hub's API, signed in if there are credentials."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from proxy.docker_hub.failures import failure_of
from proxy.docker_hub.sign_in import SignIn
from proxy.docker_hub.tags import TagsPage, parse_tags_page
from proxy.errors import Garbage, NotFound, Refused
from proxy.http.budgets.allowance import MakeAllowance, OwnAllowance
from proxy.http.budgets.budget import POLITE, Budget
from proxy.http.budgets.spending import spend
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.transport import Transport
from proxy.secrets.forms import shows
from proxy.secrets.secret import Secret
from proxy.secrets.tokens import Token

LIMIT = 4 * 1024 * 1024
"""The most bytes of an answer: a page of 100 tags with 20 images each has about one million."""

_HEADERS = {"accept": "application/json", "user-agent": USER_AGENT}


class DockerHubApi:
    """Reads Docker Hub's API, and pauses when it requires a wait. Safe to use from many threads.

    Args:
        transport: sends the requests.
        api_url: scheme and host.
        user: the account's name; None for anonymous requests.
        token: its access token or password; None for anonymous requests.
        make_allowance: gives the host its rate: of this process alone, or of all that share it.
    """

    def __init__(
        self,
        transport: Transport,
        api_url: str,
        user: str | None,
        token: Secret | None,
        make_allowance: MakeAllowance = OwnAllowance,
    ) -> None:
        self._transport = transport
        self._api_url = api_url.rstrip("/")
        self._host = urlsplit(api_url).netloc
        self._budget = Budget(POLITE, self._host, make_allowance)
        self._password = token
        self._sign_in: SignIn | None = None
        if user and token:
            self._sign_in = SignIn(
                self._host,
                user,
                token,
                post=self._post,
                retry_at=lambda: self._budget.retry_at(transport.now()),
                now=transport.now,
            )

    @property
    def signed_in(self) -> bool:
        """Whether there are credentials for the requests."""
        return self._sign_in is not None

    def ask(self, path: str, *, signed: bool = True) -> Answer:
        """GET a path (with its query) on the API's host.

        Args:
            path: with its query.
            signed: with the credentials, if there are any.

        Returns:
            An answer with status 200 that contains none of our credentials.

        Raises:
            NotFound: it does not exist, or the account may not see it.
            AnonymousRefused: the request needs credentials.
            Refused: the credentials are wrong or not enough.
            Unavailable: Docker Hub cannot be reached now; `retry_at` is the earliest time of the next request.
            Garbage: the answer is not valid.
            AddressRefused: the host is at an address that is not listed.
        """
        if not path.startswith("/") or path.startswith("//"):
            raise Garbage(f"{self._host} accepts only paths that begin with one slash")
        sign_in = self._sign_in if signed else None
        bearer = sign_in.bearer() if sign_in else None
        answer = self._get(path, bearer)
        if sign_in and bearer and answer.status == HTTPStatus.UNAUTHORIZED:
            sign_in.discard(bearer)
            bearer = sign_in.bearer()
            answer = self._get(path, bearer)
        summary = f"{self._host} answered {answer.status} to GET {path.partition('?')[0]}"
        if answer.status != HTTPStatus.OK:
            retry_at = self._budget.retry_at(self._transport.now())
            raise failure_of(summary, answer.status, signed=bearer is not None, retry_at=retry_at)
        ours = [secret for secret in (self._password, bearer and bearer.secret) if secret]
        if any(shows(secret, answer.body, *answer.headers.values()) for secret in ours):
            raise Garbage(f"{summary} with the service's own credential in it; the answer is discarded")
        return answer

    def tags_page(self, path: str) -> TagsPage:
        """GET one page of tags; the path of the first is `/v2/namespaces/NAMESPACE/repositories/NAME/tags`.

        If the credentials are refused, such as an expired token, the page is requested once more without them: public
        repositories need none.

        Raises:
            OutsideFailure: as `ask`; Garbage also where the next page is on another host.
        """
        try:
            answer = self.ask(path)
        except Refused as refusal:
            if not self.signed_in:
                raise
            try:
                answer = self.ask(path, signed=False)
            except (NotFound, Refused):
                raise refusal from None
        return parse_tags_page(answer.body, answer.url)

    def _get(self, path: str, bearer: Token | None) -> Answer:
        headers = dict(_HEADERS)
        if bearer:
            headers["authorization"] = f"Bearer {bearer.secret.reveal()}"
        return self._spend(lambda: self._transport.request("GET", f"{self._api_url}{path}", headers, limit=LIMIT))

    def _post(self, path: str, body: bytes) -> Answer:
        headers = {**_HEADERS, "content-type": "application/json"}
        return self._spend(lambda: self._transport.request("POST", f"{self._api_url}{path}", headers, body=body))

    def _spend(self, request: Callable[[], Answer]) -> Answer:
        answer = spend(self._budget, self._transport, request)
        self._budget.observe(answer.status, answer.headers, self._transport.now())
        return answer
