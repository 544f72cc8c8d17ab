"""What the answers of Backstage mean: one place for their statuses. Pure."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from proxy.errors import NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.exchange import Answer
from proxy.http.retry_after import wait_of

_REMEDIES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: (
        "the value of IMAGE_FACTORY_BACKSTAGE_TOKEN must be a static token in backend.auth.externalAccess of "
        "Backstage's app-config.yaml"
    ),
    HTTPStatus.FORBIDDEN: (
        "the token must be allowed to use the catalog: accessRestrictions with plugin: catalog in "
        "backend.auth.externalAccess of Backstage's app-config.yaml, and no permissions beside it"
    ),
}
_ADDRESS = "IMAGE_FACTORY_BACKSTAGE_URL must be the backend.baseUrl of Backstage"
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def checked(answer: Answer, asked: str, now: datetime) -> Answer:
    """The answer, if it is a success.

    Args:
        answer: of Backstage.
        asked: what it was asked, for messages, such as `for its locations`.
        now: the time, for the time of the next request.

    Raises:
        NotFound: 404.
        Refused: every other refusal, and a page for people in place of an answer; the message says what to correct.
        Unavailable: it cannot do it now; `retry_at` is the time that it gave.
    """
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES and not _is_page(answer):
        return answer
    raise _failure(answer, f"Backstage at {urlsplit(answer.url).netloc} answered {answer.status} when asked {asked}", now)


def _failure(answer: Answer, summary: str, now: datetime) -> OutsideFailure:
    status = answer.status
    if status == HTTPStatus.NOT_FOUND:
        return NotFound(summary)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
        wait = wait_of(answer.headers, now)
        return Unavailable(f"{summary}; retried later", now + wait if wait else None)
    if status in _REMEDIES:
        return Refused(f"{summary}; {_REMEDIES[status]}")
    if _is_page(answer):
        return Refused(f"{summary}, with a page for people: a proxy may want a login there; {_ADDRESS}")
    if status < HTTPStatus.BAD_REQUEST:
        return Refused(f"{summary}, which is a redirect; {_ADDRESS}")
    return Refused(f"{summary}; {_ADDRESS}, of version 1.55 or newer")


def _is_page(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").lower().startswith("text/html")
