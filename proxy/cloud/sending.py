"""Sends the requests of the clouds' libraries through our transport.

Each library has its own way to hand a request over. Behind it, the deadlines, size limits, address rules, certificates
and the egress proxy of this service hold for every request that its library sends here.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus

from proxy.deadline import time_left
from proxy.errors import OutsideFailure, Refused, Unavailable
from proxy.http.exchange import Answer
from proxy.http.transport import WHOLE_SECONDS, Transport

# Our transport sets these itself, or answers differently because of them.
_OWN_HEADERS = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding"})
_LONGEST_REASON = 300


@dataclass(slots=True)
class _Call:
    """What one call of a library led to: its last answer's status, and our own failure if a request failed."""

    status: int = 0
    failure: OutsideFailure | None = None


_current: ContextVar[_Call | None] = ContextVar("call", default=None)


class LibrarySender:
    """Sends requests for libraries that ask in the thread of their caller. Safe to use from many threads.

    Args:
        transport: returns the transport, whose policy allows the addresses of `identity_addresses`.
    """

    def __init__(self, transport: Callable[[], Transport]) -> None:
        self._transport = transport

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Send one request; an answer of any status is returned.

        Raises:
            OutsideFailure: there is no answer, or the time of the whole call is over; `library_call` raises it too.
        """
        call = _current.get() or _Call()
        own = {name: value for name, value in headers.items() if name.lower() not in _OWN_HEADERS}
        try:
            time_left(WHOLE_SECONDS)
            answer = self._transport().request(method, url, own, body=body)
        except TimeoutError as error:
            call.failure = Unavailable("the time for all requests of this call is over; retried later")
            raise call.failure from error
        except OutsideFailure as error:
            call.failure = error
            raise
        call.status, call.failure = answer.status, None
        return answer


def first_argument(error: Exception) -> str:
    """What most libraries say; further arguments can be whole answers."""
    return str(error.args[0] if error.args else type(error).__name__)


@contextlib.contextmanager
def library_call(what: str, remedy: str, reason: Callable[[Exception], str] = first_argument) -> Iterator[None]:
    """Turn what a library raises in the block into one of `proxy.errors`.

    Args:
        what: the subject of messages, such as `AWS issued no credentials for HOST`.
        remedy: what to do where the cloud refuses.
        reason: what the library's error says; without secrets.

    Raises:
        OutsideFailure: our own, if a request failed.
        Unavailable: the last answer was a server error or a limit.
        Refused: the library failed otherwise.
    """
    call = _Call()
    before = _current.set(call)
    try:
        yield
    except OutsideFailure as error:
        raise _with_subject(what, error) from error
    except Exception as error:  # libraries document few of their exceptions
        if call.failure:
            raise _with_subject(what, call.failure) from error
        if call.status == HTTPStatus.TOO_MANY_REQUESTS or call.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable(f"{what}: {_one_line(reason(error))}; retried later") from error
        raise Refused(f"{what}: {_one_line(reason(error))}; {remedy}") from error
    finally:
        _current.reset(before)


def _with_subject(what: str, error: OutsideFailure) -> OutsideFailure:
    message = f"{what}: {error}"
    return Unavailable(message, error.retry_at) if isinstance(error, Unavailable) else type(error)(message)


def _one_line(reason: str) -> str:
    """A library's words as one short line."""
    return " ".join(reason.split())[:_LONGEST_REASON].rstrip(" .;")
