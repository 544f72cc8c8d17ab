"""What a caller is answered when GitHub or a registry gave no usable answer."""

import math
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from werkzeug.exceptions import BadGateway, HTTPException, NotFound, ServiceUnavailable

from proxy import errors

UPSTREAM_FAILURES = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)
"""Statuses of a resource that is read from upstream, for its documentation."""


def upstream_failure(error: errors.OutsideFailure, now: Callable[[], datetime]) -> HTTPException:
    """The error for a caller; the message is the upstream's, which holds no secret.

    404 where the upstream has no such thing, 503 (with Retry-After where that is known) where it cannot be asked now,
    and 502 where its answer cannot be used: garbage, or a refusal of the service's own credentials.
    """
    match error:
        case errors.NotFound():
            return NotFound(str(error))
        case errors.Unavailable():
            return not_now(error, now)
        case _:
            return BadGateway(str(error))


def not_now(error: errors.NotNow, now: Callable[[], datetime]) -> HTTPException:
    """503, with Retry-After where it is known when to ask again."""
    seconds = _seconds_until(error.retry_at, now()) if error.retry_at else None
    return ServiceUnavailable(str(error), retry_after=seconds)


def _seconds_until(moment: datetime, now: datetime) -> int:
    return max(1, math.ceil((moment - now).total_seconds()))
