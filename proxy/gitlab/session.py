"""Requests to GitLab's API with the service's token: their limits, and the errors for their answers."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from catalog.times import utc_time
from proxy.errors import Garbage, Refused, Unavailable, Unreachable, perhaps_done
from proxy.gitlab.failures import failure_of, moved, words_of
from proxy.http.budgets.budget import Budget, Limits
from proxy.http.budgets.spending import spend
from proxy.http.exchange import SAFE_METHODS, USER_AGENT, Answer
from proxy.http.retry_after import LEAST, MOST, wait_of
from proxy.http.transport import Transport
from proxy.secrets.forms import shows
from proxy.secrets.secret import Secret

LIMIT = 8 * 1024 * 1024
"""The most bytes of an answer."""

# GitLab.com allows 2,000 requests a minute for a user (docs: "Rate limits on GitLab.com"), far above what is sent here.
_LIMITS = Limits(rate=None, burst=0, concurrency=16, reserve=0)
_GRAPHQL = "/api/graphql"
_UNNAMED_WAIT = timedelta(seconds=60)
_UNIX_TIME = re.compile(r"[0-9]{1,11}")


class GitLabSession:
    """Sends all requests to GitLab. Safe to use from many threads.

    A request that changes something is sent once. A redirected answer is an error: GitLab redirects the old path of a
    project that was renamed, and another project may get that path.

    Args:
        transport: sends the requests.
        url: GitLab's address, also below a path: https://example.com/gitlab.
        token: a personal, group or project access token; None: only public projects can be read.

    Attributes:
        url: without a slash at the end.
        api_url: the address of the API, version 4.
    """

    def __init__(self, transport: Transport, url: str, token: Secret | None) -> None:
        self.url = url.rstrip("/")
        self.api_url = f"{self.url}/api/v4"
        self._transport = transport
        self._token = token
        self._host = urlsplit(url).netloc
        self._budget = Budget(_LIMITS, self._host)

    def ask(self, method: str, url: str, *, body: bytes | None = None) -> Answer:
        """Send one request with the service's token.

        Args:
            method: the HTTP method.
            url: below `api_url`, or a query of the GraphQL API.
            body: JSON, for POST.

        Returns:
            An answer with status 2xx that does not contain the token.

        Raises:
            NotFound: it does not exist, or the token may not see it; `Moved`, `NoSuchRef`, `NoSuchPath` where known.
            Refused: the token is not enough, or the request cannot be carried out as it is.
            Unavailable: GitLab cannot be reached now, or limits requests (`retry_at`). A POST was not carried out.
            OutcomeUnknown: a POST may have been carried out.
            Garbage: the answer is too large, or contains the token.
            AddressRefused: GitLab is at an address that is not listed.
        """
        if not url.startswith((f"{self.api_url}/", f"{self.url}{_GRAPHQL}?")):
            raise Refused("this is not an address of GitLab's API; nothing was sent")
        changing = method not in SAFE_METHODS
        answer = spend(self._budget, self._transport, lambda: self._sent(method, url, body))
        words = words_of(answer) if answer.status >= HTTPStatus.BAD_REQUEST else ""
        summary = f"{self._host} answered {answer.status} to {method} {urlsplit(url).path}"
        self._learn(summary, answer)
        if self._token and shows(self._token, answer.body, words, *answer.headers.values()):
            problem = f"{summary} with the service's own token in it; the answer is discarded"
            raise perhaps_done(problem) if changing else Garbage(problem)
        if answer.url.partition("?")[0] != url.partition("?")[0]:
            raise moved(f"{method} {urlsplit(url).path}")
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise failure_of(summary, answer, words, changing=changing)
        return answer

    def query(self, query: str, variables: Mapping[str, object]) -> Mapping[str, object]:
        """Read by the GraphQL API, which carries out a GET as long as nothing is changed.

        Args:
            query: GraphQL.
            variables: by name.

        Returns:
            The data of the answer.

        Raises:
            OutsideFailure: see `ask`; Garbage also where GitLab cannot carry out the query, such as an old version.
        """
        asked = urlencode({"query": query, "variables": json.dumps(variables)})
        answer = self.ask("GET", f"{self.url}{_GRAPHQL}?{asked}")
        unreadable = Garbage(f"{self._host}: the answer of GitLab's GraphQL API cannot be read; retried later")
        # `from None`: the decoder's error contains the document.
        try:
            document = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise unreadable from None
        data = document.get("data") if isinstance(document, dict) else None
        if not isinstance(data, dict) or document.get("errors"):
            raise unreadable
        return data

    def _sent(self, method: str, url: str, body: bytes | None) -> Answer:
        headers = {"accept": "application/json", "user-agent": USER_AGENT}
        if self._token:
            # Also accepted for personal, group and project access tokens, and never sent to another host (docs: "REST
            # API authentication").
            headers["authorization"] = f"Bearer {self._token.reveal()}"
        if body is not None:
            headers["content-type"] = "application/json"
        try:
            return self._transport.request(method, url, headers, body=body, limit=LIMIT)
        except (Unavailable, Garbage) as error:
            if method not in SAFE_METHODS and not isinstance(error, Unreachable):
                raise perhaps_done(str(error)) from error
            raise

    def _learn(self, summary: str, answer: Answer) -> None:
        if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
            self._budget.answered()
            return
        now = self._transport.now()
        until = now + _wait(answer.headers, now)
        self._budget.spent(until)
        raise Unavailable(f"{summary}: its rate limit is used up; retried from {utc_time(until)}", until)


def _wait(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long GitLab requires to wait. Source: its docs, "User and IP rate limits", response headers."""
    if wait := wait_of(headers, now):
        return wait
    reset = headers.get("ratelimit-reset", "")
    if _UNIX_TIME.fullmatch(reset):
        return min(max(datetime.fromtimestamp(int(reset), UTC) - now, LEAST), MOST)
    return _UNNAMED_WAIT
