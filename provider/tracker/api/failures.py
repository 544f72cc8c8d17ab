"""HTTP errors for failures of the release tracker."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from werkzeug.exceptions import Conflict, HTTPException, NotFound, TooManyRequests, UnprocessableEntity

from provider import errors
from provider.api.answers.upstream_failures import upstream_failure
from provider.redaction import redacted
from provider.tracker.decisions.addresses import InvalidRepositoryAddress
from proxy.errors import AddressRefused, OutsideFailure
from proxy.http.retry_after import delay_seconds

_UNCHECKED = "to track it without this check, send `unchecked: true`"


@contextmanager
def refusals(now: Callable[[], datetime], collection: str) -> Iterator[None]:
    """Convert errors of the release tracker to HTTP errors.

    Args:
        now: returns the current time.
        collection: the path under which existing resources are found by their id.
    """
    try:
        yield
    except errors.NotTracked as error:
        raise NotFound(str(error)) from error
    except errors.Duplicate as error:
        link = f"{collection}/{error.id}"
        existing = {"existing": {"id": error.id, "link": link}}
        raise _with(Conflict(f"{error}; see {link}"), existing) from error
    except errors.Conflict as error:
        raise _with(Conflict(str(error)), {"json": {"version": [str(error)]}}) from error
    except InvalidRepositoryAddress as error:
        raise refused_field("url", str(error)) from error
    except errors.ComponentNeeded as error:
        raise refused_field("include", str(error)) from error
    except errors.PolledJustNow as error:
        seconds = delay_seconds(error.retry_at - now())
        raise TooManyRequests(str(error), retry_after=seconds) from error


@contextmanager
def address_must_answer() -> Iterator[None]:
    """Report an address that cannot be read as an error of the field `url`."""
    try:
        yield
    except AddressRefused as error:
        raise refused_field("url", str(error)) from error
    except OutsideFailure as error:
        raise refused_field("url", f"{error}; {_UNCHECKED}") from error


@contextmanager
def source_failures(now: Callable[[], datetime]) -> Iterator[None]:
    """Report a source that cannot be read, with the HTTP errors of all upstreams."""
    try:
        yield
    except OutsideFailure as error:
        raise upstream_failure(error, now) from error


def refused_field(name: str, *messages: str) -> HTTPException:
    """The error for an invalid field of the body."""
    return _with(
        UnprocessableEntity("A field of the body is invalid; `errors` names it."),
        {"json": {name: [redacted(message) for message in messages]}},
    )


def _with(error: HTTPException, details: Mapping[str, object]) -> HTTPException:
    error.data = {"messages": details}  # type: ignore[attr-defined]  # the format of webargs
    return error
