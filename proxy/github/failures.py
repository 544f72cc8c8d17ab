"""What an answer of GitHub's that is no success means. Pure."""

import json
from http import HTTPStatus

from proxy.errors import Garbage, NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable
from proxy.http.exchange import Answer

_MOST_WORDS = 400
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class TokenRefused(Refused):
    """GitHub does not accept the token, whatever is asked: nothing was carried out."""


def is_success(answer: Answer) -> bool:
    """Whether the answer is what was asked for, or "unchanged"."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES or answer.status == HTTPStatus.NOT_MODIFIED


def words_of(answer: Answer) -> str:
    """GitHub's own message and its details in one line; empty where the body is not GitHub's error document."""
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


def failure_of(said: str, answer: Answer, words: str, *, changing: bool) -> OutsideFailure:
    """The error for an answer.

    Args:
        said: which host answered what to which request.
        answer: not a success and not a rate limit.
        words: GitHub's own, without anything secret.
        changing: the request changes something.
    """
    status = answer.status
    told = f"{said} ({words})" if words else said
    if status == HTTPStatus.UNAUTHORIZED:
        return TokenRefused(
            f"{told}: it does not accept the service's credentials; check IMAGE_FACTORY_GITHUB_TOKEN or the GitHub App"
        )
    if status in _GONE:
        return NotFound(f"{told}: there is no such thing, or the service's token may not see it")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return perhaps_done(told) if changing else Unavailable(f"{told}; asked again later")
    if status == HTTPStatus.FORBIDDEN:
        return Refused(f"{told}: check the permissions of the service's token or GitHub App")
    if status >= HTTPStatus.BAD_REQUEST:
        return Refused(f"{told}: the request cannot be carried out as it is")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return NotFound(f"{said}: it was renamed or moved; enroll it by its new name")
    return Garbage(f"{said}, which is no answer to it; asked again later")


def perhaps_done(told: str) -> OutcomeUnknown:
    """The error for a request that changes something and may have been carried out; `told` is what happened to it."""
    return OutcomeUnknown(f"{told}; it is not known whether the request was carried out")
