"""The outcome of an exchange in a metric: one of a few words. Pure."""

from http import HTTPStatus

UNREACHABLE = "unreachable"
"""There was no answer, or none that could be read."""

_WORDS = {
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.FORBIDDEN: "unauthorized",
    HTTPStatus.NOT_FOUND: "missing",
    HTTPStatus.TOO_MANY_REQUESTS: "limited",
}


def outcome_of(status: int) -> str:
    """`ok`, `missing`, `unauthorized`, `limited`, `rejected` (another 4xx) or `failed` (5xx, or no status)."""
    if status in _WORDS:
        return _WORDS[HTTPStatus(status)]
    if HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST:
        return "ok"
    return "rejected" if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"
