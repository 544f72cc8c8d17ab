"""What a caller is answered when the release tracker cannot do what was asked."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from werkzeug.exceptions import Conflict, HTTPException, NotFound, TooManyRequests, UnprocessableEntity

from provider import errors
from provider.api.answers.upstream_failures import not_now, upstream_failure
from provider.tracker.decisions.addresses import InvalidRepositoryAddress
from proxy.errors import AddressRefused, NotNow, OutsideFailure

_UNCHECKED = "send unchecked: true to track it all the same"


@contextmanager
def refusals(now: Callable[[], datetime], collection: str) -> Iterator[None]:
    """Errors of the tracker as errors of HTTP.

    Args:
        now: the clock.
        collection: the address under which a duplicate is found by its id.
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
    except errors.PolledJustNow as error:
        seconds = max(1, math.ceil((error.retry_at - now()).total_seconds()))
        raise TooManyRequests(str(error), retry_after=seconds) from error


@contextmanager
def address_must_answer() -> Iterator[None]:
    """An address that cannot be read is an error of the field that has it."""
    try:
        yield
    except AddressRefused as error:
        raise refused_field("url", str(error)) from error
    except OutsideFailure as error:
        raise refused_field("url", f"{error}; {_UNCHECKED}") from error


@contextmanager
def source_failures(now: Callable[[], datetime]) -> Iterator[None]:
    """A source that cannot be read is the upstream's failure; an answer that cannot be used is "not now" as well."""
    try:
        yield
    except NotNow as error:
        raise not_now(error, now) from error
    except OutsideFailure as error:
        raise upstream_failure(error, now) from error


def refused_field(name: str, *messages: str) -> HTTPException:
    """The answer to a field of the body that is not right."""
    return _with(UnprocessableEntity("The body is not right."), {"json": {name: list(messages)}})


def _with(error: HTTPException, details: Mapping[str, object]) -> HTTPException:
    error.data = {"messages": details}  # type: ignore[attr-defined]  # webargs' own form
    return error
