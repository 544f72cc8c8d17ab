"""The errors for unsuccessful answers of GitHub. Pure."""

import json
from http import HTTPStatus

from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable, perhaps_done
from proxy.github.renames import renamed
from proxy.http.exchange import Answer

_MOST_WORDS = 400
# "Only the first 10000 results are available", earlier 1000.
_LIMIT_OF_LISTS = "Only the first"
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class TokenRefused(Refused):
    """GitHub does not accept the token for any request; the request was not carried out."""


class BeyondResults(Refused):
    """The list has more entries than GitHub shows of it; it says so when a page behind its limit is asked for."""


def is_success(answer: Answer) -> bool:
    """Whether the answer is a success or "not modified"."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES or answer.status == HTTPStatus.NOT_MODIFIED


def words_of(answer: Answer) -> str:
    """GitHub's own message and its details in one line; empty if the body is not GitHub's error document."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    match document:
        case {"message": str(message), "errors": [_, *_] as details}:
            text = " ".join(f"{message} {json.dumps(details)}".split())
        case {"message": str(message)}:
            text = " ".join(message.split())
        case _:
            return ""
    return text[:_MOST_WORDS] if text.isprintable() else ""


def failure_of(summary: str, answer: Answer, words: str, *, changing: bool) -> OutsideFailure:
    """The error for an answer.

    Args:
        summary: which host answered what to which request.
        answer: neither a success nor a rate limit.
        words: GitHub's own message, without secrets.
        changing: the request changes something.
    """
    status = answer.status
    problem = f"{summary} ({words})" if words else summary
    if status == HTTPStatus.UNAUTHORIZED:
        return TokenRefused(
            f"{problem}: it does not accept the service's credentials; "
            "check IMAGE_FACTORY_GITHUB_TOKEN or the GitHub App"
        )
    if status in _GONE:
        return NotFound(f"{problem}: it does not exist, or the service's token may not see it")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return perhaps_done(problem) if changing else Unavailable(f"{problem}; retried later")
    if status == HTTPStatus.FORBIDDEN:
        return Refused(f"{problem}: check the permissions of the service's token or GitHub App")
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and words.startswith(_LIMIT_OF_LISTS):
        return BeyondResults(f"{problem}: GitHub shows no more of this list")
    if status >= HTTPStatus.BAD_REQUEST:
        return Refused(f"{problem}: the request cannot be carried out as it is")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return renamed(summary)
    return Garbage(f"{summary}, which is not a valid answer; retried later")
