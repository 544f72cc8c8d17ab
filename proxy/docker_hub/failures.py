"""The errors for unsuccessful answers of Docker Hub's API. Pure."""

from datetime import datetime
from http import HTTPStatus

from catalog.times import utc_time
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable

_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# The answers to a token request with a malformed name or password.
_UNUSABLE = frozenset({HTTPStatus.BAD_REQUEST, *_REFUSALS})


class AnonymousRefused(Refused):
    """Docker Hub requires credentials, for example beyond the first 1,000 tags of a list."""


def failure_of(summary: str, status: int, *, signed: bool, retry_at: datetime | None) -> OutsideFailure:
    """The error for an answer to a request.

    Args:
        summary: which host answered what to which request.
        status: of an unsuccessful answer.
        signed: whether the request had a token.
        retry_at: the earliest time of the next request; None if it is unknown.
    """
    if status == HTTPStatus.NOT_FOUND:
        reason = "the service's Docker Hub account may not see it" if signed else "it is private and needs credentials"
        return NotFound(f"{summary}: there is no such repository, tag or page, or {reason}; check the reference")
    if status in _REFUSALS and not signed:
        return AnonymousRefused(
            f"{summary} without credentials; set IMAGE_FACTORY_DOCKER_HUB_USER and IMAGE_FACTORY_DOCKER_HUB_TOKEN"
        )
    if status in _REFUSALS:
        return Refused(
            f"{summary}: the service's Docker Hub account may not read this; "
            "check what IMAGE_FACTORY_DOCKER_HUB_TOKEN may do"
        )
    return _unexpected(summary, status, retry_at)


def sign_in_failure_of(summary: str, status: int, retry_at: datetime | None) -> OutsideFailure:
    """The error for an answer to signing in; Refused where name or password are wrong."""
    if status in _UNUSABLE:
        return Refused(
            f"{summary}: the user or the token is wrong; "
            "check IMAGE_FACTORY_DOCKER_HUB_USER and IMAGE_FACTORY_DOCKER_HUB_TOKEN"
        )
    return _unexpected(summary, status, retry_at)


def _unexpected(summary: str, status: int, retry_at: datetime | None) -> OutsideFailure:
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        when = f"retried from {utc_time(retry_at)}" if retry_at else "retried later"
        return Unavailable(f"{summary}; {when}", retry_at)
    return Garbage(f"{summary}, which is not a valid answer; retried later")
