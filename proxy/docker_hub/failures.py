"""What an answer of Docker Hub's API that is no success means. Pure."""

from datetime import datetime
from http import HTTPStatus

from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable

_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# What a token request with a malformed name or password is answered.
_UNUSABLE = frozenset({HTTPStatus.BAD_REQUEST, *_REFUSALS})


class AnonymousRefused(Refused):
    """Docker Hub wants a signed-in asker: past the first 1,000 tags of a list, for instance."""


def failure_of(said: str, status: int, *, signed: bool, retry_at: datetime | None) -> OutsideFailure:
    """The error for an answer to a question.

    Args:
        said: which host answered what to which request.
        status: not a success.
        signed: whether the question came with a token.
        retry_at: when the host may be asked again, as far as it said so.
    """
    if status == HTTPStatus.NOT_FOUND:
        seen = "the service's Docker Hub account may not see it" if signed else "it is private and needs credentials"
        return NotFound(f"{said}: there is no such repository, tag or page, or {seen}; check the reference")
    if status in _REFUSALS and not signed:
        return AnonymousRefused(
            f"{said} without credentials; set IMAGE_FACTORY_DOCKER_HUB_USER and IMAGE_FACTORY_DOCKER_HUB_TOKEN"
        )
    if status in _REFUSALS:
        return Refused(
            f"{said}: the service's Docker Hub account may not read this; "
            "check what IMAGE_FACTORY_DOCKER_HUB_TOKEN may do"
        )
    return _unexpected(said, status, retry_at)


def sign_in_failure_of(said: str, status: int, retry_at: datetime | None) -> OutsideFailure:
    """The error for an answer to signing in; Refused where name or password are wrong."""
    if status in _UNUSABLE:
        return Refused(
            f"{said}: user or token are wrong; check IMAGE_FACTORY_DOCKER_HUB_USER and IMAGE_FACTORY_DOCKER_HUB_TOKEN"
        )
    return _unexpected(said, status, retry_at)


def _unexpected(said: str, status: int, retry_at: datetime | None) -> OutsideFailure:
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        when = f"retried from {retry_at:%Y-%m-%d %H:%M:%S} UTC" if retry_at else "retried later"
        return Unavailable(f"{said}; {when}", retry_at)
    return Garbage(f"{said}, which is not a valid answer; retried later")
