"""What GitHub's refusals and broken connections mean."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import requests
from github.GithubException import GithubException
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, SSLError

from provider.github_failures import Cause, failure_of_answer, failure_of_exception

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
RESET = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 600)}


@pytest.mark.parametrize(
    ("status", "headers", "message", "cause", "wait"),
    [
        (403, RESET, "API rate limit exceeded for user ID 1.", Cause.RATE_LIMITED, 600),
        (429, {"retry-after": "30"}, "slow down", Cause.RATE_LIMITED, 30),
        (403, {"retry-after": "880.092µs"}, "slow down", Cause.RATE_LIMITED, 1),
        (403, {}, "You have exceeded a secondary rate limit.", Cause.RATE_LIMITED, 60),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, "", Cause.RATE_LIMITED, 60),
        (403, {"x-ratelimit-remaining": "17"}, "Resource not accessible", Cause.FORBIDDEN, None),
        (401, {}, "Bad credentials", Cause.UNAUTHORIZED, None),
        (404, {}, "Not Found", Cause.NOT_FOUND, None),
        (422, {}, "Unexpected inputs", Cause.REJECTED, None),
        (307, {}, "Moved Permanently", Cause.REJECTED, None),
        (503, {}, "", Cause.SERVER_ERROR, None),
    ],
)
def test_what_an_answer_means(
    status: int, headers: Mapping[str, str], message: str, cause: Cause, wait: int | None
) -> None:
    """Status, headers and words decide; a limit names when to come back."""
    failure = failure_of_answer(status, headers, {"message": message}, NOW)

    assert failure.cause is cause
    assert failure.retry_at == (NOW + timedelta(seconds=wait) if wait else None)
    assert message in failure.words


def test_the_words_are_one_line_with_details() -> None:
    """GitHub's message and its list of errors; a proxy's page of HTML says only its status."""
    told = failure_of_answer(422, {}, {"message": "Invalid\n\nrequest.", "errors": [{"code": "x"}]}, NOW)

    assert told.words == 'Invalid request. [{"code": "x"}]'
    assert failure_of_answer(502, {}, "<html>Bad gateway</html>", NOW).words == "GitHub answered 502"


def test_pygithubs_exceptions_are_translated() -> None:
    """They carry the answer."""
    assert failure_of_exception(GithubException(404, {"message": "Not Found"}, {}), NOW).cause is Cause.NOT_FOUND


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (NewConnectionError(HTTPConnection("peer"), "refused"), Cause.NOT_SENT),
        (SSLError(ssl.SSLCertVerificationError("self-signed")), Cause.NOT_SENT),
        (SSLError(ssl.SSLError("bad record mac")), Cause.NO_ANSWER),
        (ProtocolError("Connection aborted.", ConnectionResetError()), Cause.NO_ANSWER),
    ],
)
def test_what_a_broken_connection_means(reason: Exception, cause: Cause) -> None:
    """Only a connection that was never made proves that nothing was sent."""
    error = requests.ConnectionError(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]  # no pool is needed

    assert failure_of_exception(error, NOW).cause is cause


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (requests.ConnectTimeout(), Cause.NOT_SENT),
        (requests.ReadTimeout(), Cause.NO_ANSWER),
        (requests.exceptions.ChunkedEncodingError(), Cause.NO_ANSWER),
    ],
)
def test_what_a_timeout_means(error: requests.RequestException, cause: Cause) -> None:
    """Before the connection nothing was sent; after it, nobody knows."""
    assert failure_of_exception(error, NOW).cause is cause
