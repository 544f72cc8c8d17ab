"""The HTTP errors of changes of entries."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from werkzeug.exceptions import Conflict, Forbidden, HTTPException, NotFound, ServiceUnavailable, UnprocessableEntity

from provider.api.answers.upstream_failures import upstream_failure
from provider.errors import (
    ChangeNotAllowed,
    EditRefused,
    EntryRefused,
    NameNotFound,
    NameTaken,
    ProviderError,
    ReferenceTaken,
)
from proxy.errors import OutsideFailure

_Failure = TypeVar("_Failure", bound=HTTPException)
_RETRY_SECONDS = 5


@contextmanager
def http_failures(now: Callable[[], datetime]) -> Iterator[None]:
    """Turn the errors of a change into HTTP errors."""
    try:
        yield
    except (ProviderError, OutsideFailure) as error:
        raise http_failure(error, now) from error


def http_failure(error: ProviderError | OutsideFailure, now: Callable[[], datetime]) -> HTTPException:
    """The HTTP error, with a message for each field that is named."""
    match error:
        case OutsideFailure():
            return upstream_failure(error, now)
        case ChangeNotAllowed():
            return Forbidden(str(error))
        case EntryRefused():
            refusal = UnprocessableEntity("The entry is not valid; errors has a message for each field.")
            return _with_fields(refusal, error.fields)
        case NameTaken():
            return _with_fields(Conflict(str(error)), {"name": str(error)})
        case ReferenceTaken():
            return _with_fields(Conflict(str(error)), {"repository": str(error)})
        case NameNotFound():
            return NotFound(str(error))
        case EditRefused():
            return Conflict(str(error))
        case _:
            return ServiceUnavailable(str(error), retry_after=_RETRY_SECONDS if error.transient else None)


def _with_fields(failure: _Failure, fields: Mapping[str, str]) -> _Failure:
    messages = {"json": {field: [message] for field, message in fields.items()}}
    failure.data = {"messages": messages}  # type: ignore[attr-defined]  # the format of webargs
    return failure
