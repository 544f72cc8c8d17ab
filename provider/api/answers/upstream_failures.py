"""HTTP errors for failures of GitHub and registries."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from werkzeug.exceptions import BadGateway, HTTPException, NotFound, ServiceUnavailable

from proxy import errors
from proxy.http.retry_after import delay_seconds
from proxy.places import NoPlace

UPSTREAM_FAILURES = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)
"""The error statuses of resources that are read from an upstream, for the documentation."""


def upstream_failure(error: errors.OutsideFailure | NoPlace, now: Callable[[], datetime]) -> HTTPException:
    """The HTTP error for a failure; the message is that of the failure, which contains no secret.

    404 if the upstream does not have the resource, 503 (with Retry-After if known) if it is unavailable, and 502 if
    its answer is unusable or it refused the credentials of the service.
    """
    match error:
        case NoPlace():
            return no_place(error)
        case errors.NotFound():
            return NotFound(str(error))
        case errors.Unavailable():
            wait = delay_seconds(error.retry_at - now()) if error.retry_at else None
            return ServiceUnavailable(str(error), retry_after=wait)
        case _:
            return BadGateway(str(error))


def no_place(error: NoPlace) -> ServiceUnavailable:
    """The HTTP error for a request that may not wait for an upstream now."""
    message = str(error)
    return ServiceUnavailable(f"{message[0].upper()}{message[1:]}.", retry_after=error.retry_seconds)
