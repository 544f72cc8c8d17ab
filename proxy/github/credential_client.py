"""Requests to GitHub with one credential: their limits, and the errors for their answers."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from catalog.times import utc_time
from proxy.errors import Garbage, Unavailable, Unreachable, perhaps_done
from proxy.github.failures import failure_of, is_success, words_of
from proxy.github.limits import CORE, SECONDARY_WAIT, HourlyLimit, hourly_limit, limited_until
from proxy.github.sharing.pacing import Pacing
from proxy.github.sharing.write_turns import BETWEEN_WRITES_SECONDS, WriteTurns
from proxy.http.budgets.budget import Budget, Limits
from proxy.http.budgets.spending import spend
from proxy.http.exchange import SAFE_METHODS, USER_AGENT, Answer
from proxy.http.transport import Transport
from proxy.secrets.forms import shows
from proxy.secrets.secret import Secret
from proxy.urgency import is_patient

LIMIT = 8 * 1024 * 1024
"""The most bytes of an answer: a page of 100 workflow runs has two million."""

"""GitHub requires the name of the program."""

# The docs allow 100 concurrent requests for all users of the same credential.
_READS = Limits(rate=None, burst=0, concurrency=16, reserve=0)
_WRITES = Limits(rate=1 / BETWEEN_WRITES_SECONDS, burst=1, concurrency=16, reserve=0)
_HEADERS: Mapping[str, str] = {
    "accept": "application/vnd.github+json",
    "user-agent": USER_AGENT,
    "x-github-api-version": "2022-11-28",
}
# Headers that identify the client never come from a caller.
_NEVER_PASSED = frozenset({"authorization", "cookie", "proxy-authorization", "host"})


class CredentialClient:
    """Sends requests with one credential, and pauses when GitHub requires a wait. Safe to use from many threads.

    A request that changes something is sent once, and at least one second after the previous one of any thread.

    Args:
        transport: sends the requests.
        api_url: the API's address without a slash at the end.
        resource: the hourly limit that the requests count against.
        turns: of all processes that write with this credential; None: there are no others.
    """

    def __init__(
        self, transport: Transport, api_url: str, resource: str = CORE, turns: WriteTurns | None = None
    ) -> None:
        self._transport = transport
        self._api_url = api_url
        self._resource = resource
        self._turns = turns
        self._host = urlsplit(api_url).netloc
        self._budget = Budget(_READS, self._host)
        self._writes = Budget(_WRITES, self._host)
        self._pacing = Pacing(self._host)

    def ask(
        self,
        method: str,
        path: str,
        token: Secret | None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit: int = LIMIT,
        reading: bool = False,
    ) -> Answer:
        """Send one request; `path` is below the API's address, `body` is JSON.

        Args:
            method: the HTTP method.
            path: see above.
            token: None: without credentials.
            headers: besides the usual ones.
            body: see above.
            limit: the most bytes of the answer's body.
            reading: the request changes nothing, whatever its method.

        Returns:
            An answer with status 2xx or 304 that does not contain the token.

        Raises:
            TokenRefused: 401; the request was not carried out.
            NotFound, Refused, Unavailable, Garbage, AddressRefused: by GitHub's answer.
            OutcomeUnknown: a request that changes something got no answer, a server error or an unusable answer.
        """
        changing = method not in SAFE_METHODS and not reading
        typed = {"content-type": "application/json"} if body is not None else {}
        answer = self._spend(method, path, _sent({**typed, **(headers or {})}, token), body, limit, changing=changing)
        words = words_of(answer) if answer.status >= HTTPStatus.BAD_REQUEST else ""
        summary = f"{self._host} answered {answer.status} to {method} {path.partition('?')[0]}"
        self._learn(summary, answer, words)
        if token and shows(token, answer.body, words, *answer.headers.values()):
            problem = f"{summary} with the service's own credential in it; the answer is discarded"
            raise perhaps_done(problem) if changing else Garbage(problem)
        if not is_success(answer):
            raise failure_of(summary, answer, words, changing=changing)
        return answer

    @property
    def hour(self) -> HourlyLimit | None:
        """The hourly limit, as the last answer named it."""
        return self._pacing.hour

    def limited_until(self) -> datetime:
        """When a request that the limit stopped may be sent again."""
        now = self._transport.now()
        return self._budget.retry_at(now) or now + SECONDARY_WAIT

    def _spend(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, limit: int, *, changing: bool
    ) -> Answer:
        def send() -> Answer:
            try:
                return self._transport.request(method, f"{self._api_url}{path}", headers, body=body, limit=limit)
            except (Unavailable, Garbage) as error:
                if changing and not isinstance(error, Unreachable):
                    raise perhaps_done(str(error)) from error
                raise

        if changing:
            self._space_writes()
        elif is_patient():
            self._budget.check_open(self._transport.now())
            self._pacing.admit(self._transport.now())
        return spend(self._budget, self._transport, send)

    def _space_writes(self) -> None:
        """Wait until a request that changes something may be sent; other requests can use the slot meanwhile."""
        self._budget.check_open(self._transport.now())
        if wait := self._writes.admit(self._transport.now()):
            self._transport.sleep(wait)
        if self._turns:
            self._turns.wait()

    def _learn(self, summary: str, answer: Answer, words: str) -> None:
        now = self._transport.now()
        until = limited_until(answer.status, answer.headers, words, now)
        if until is None:
            self._budget.answered()
            if answer.status == HTTPStatus.NOT_MODIFIED and is_patient():
                self._pacing.returned()
            # The next request would be refused.
            if hour := hourly_limit(answer.headers, now, self._resource):
                self._pacing.learn(hour)
                if not hour.remaining:
                    self._budget.spent(hour.reset)
            return
        self._budget.spent(until)
        raise Unavailable(f"{summary}: its rate limit is used up; retried from {utc_time(until)}", until)


def _sent(headers: Mapping[str, str], token: Secret | None) -> dict[str, str]:
    lowered = {name.lower(): value for name, value in headers.items()}
    sent = {**_HEADERS, **{name: value for name, value in lowered.items() if name not in _NEVER_PASSED}}
    return {**sent, "authorization": f"Bearer {token.reveal()}"} if token else sent
