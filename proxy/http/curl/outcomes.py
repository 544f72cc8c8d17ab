"""The outcome of an exchange in metrics and traces: one of a few words."""

from http import HTTPStatus

from proxy.observing.span import TraceSpan

UNREACHABLE = "unreachable"
"""There was no answer, or none that could be read."""

_WORDS = {
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.FORBIDDEN: "unauthorized",
    HTTPStatus.NOT_FOUND: "missing",
    HTTPStatus.TOO_MANY_REQUESTS: "limited",
}

_FAILURES = frozenset({UNREACHABLE, "limited", "failed"})


def outcome_of(status: int) -> str:
    """`ok`, `missing`, `unauthorized`, `limited`, `rejected` (another 4xx) or `failed` (5xx, or no status)."""
    if status in _WORDS:
        return _WORDS[HTTPStatus(status)]
    if HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST:
        return "ok"
    return "rejected" if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"


def note_outcome(current: TraceSpan, status: int | None) -> None:
    """Note in the span of an exchange how it ended; None: without an answer."""
    outcome = UNREACHABLE if status is None else outcome_of(status)
    current.note("image_factory.outcome", outcome)
    if status is not None:
        current.note("http.response.status_code", status)
    if outcome in _FAILURES:
        current.failed(outcome)
