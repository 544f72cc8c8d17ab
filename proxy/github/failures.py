"""What an answer of GitHub's that is no success means. Pure."""

import json
from http import HTTPStatus

from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.exchange import Answer

_MOST_WORDS = 200
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class TokenRefused(Refused):
    """GitHub does not accept the token, whatever is asked: nothing was carried out."""


def is_success(answer: Answer) -> bool:
    """Whether the answer is what was asked for, or "unchanged"."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES or answer.status == HTTPStatus.NOT_MODIFIED


def words_of(answer: Answer) -> str:
    """GitHub's own message in one line; empty where the body is not GitHub's error document."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    message = document.get("message") if isinstance(document, dict) else None
    text = " ".join(message.split()) if isinstance(message, str) else ""
    return text[:_MOST_WORDS] if text.isprintable() else ""


def failure_of(said: str, answer: Answer, words: str) -> OutsideFailure:
    """The error for an answer.

    Args:
        said: which host answered what to which request.
        answer: not a success and not a rate limit.
        words: GitHub's own, without anything secret.
    """
    status = answer.status
    told = f"{said} ({words})" if words else said
    if status == HTTPStatus.UNAUTHORIZED:
        return TokenRefused(
            f"{said}: it does not accept the service's credentials; check IMAGE_FACTORY_GITHUB_TOKEN or the GitHub App"
        )
    if status in _GONE:
        return NotFound(f"{said}: there is no such thing, or the service's token may not see it")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"{said}; asked again later")
    if status == HTTPStatus.FORBIDDEN:
        return Refused(f"{told}: check the permissions of the service's token or GitHub App")
    if status >= HTTPStatus.BAD_REQUEST:
        return Refused(f"{told}: the request cannot be carried out as it is")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return NotFound(f"{said}: it was renamed or moved; enroll it by its new name")
    return Garbage(f"{said}, which is no answer to it; asked again later")
