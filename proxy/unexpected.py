"""Exceptions that nobody foresaw: each is a failure of the one thing that it happened to, and is logged once."""

import threading
from collections import OrderedDict
from types import TracebackType

from proxy.errors import Garbage, OutsideFailure
from proxy.observing.event_log import EventLog

_MOST_REMEMBERED = 1_000
_log = EventLog(__name__)


def failure_of(what: str, error: Exception) -> OutsideFailure:
    """The failure to record; one that is foreseen stays as it is, any other is logged with its traceback.

    Args:
        what: was asked, for the message: a reference.
        error: what was raised.
    """
    if isinstance(error, OutsideFailure):
        return error
    log_unexpected(what, error)
    return Garbage(f"{what}: the check failed with an unexpected {type(error).__name__}; see the log; retried later")


def log_unexpected(what: str, error: Exception) -> None:
    """Log an error with its traceback, unless the same one of this thing was logged before: it returns in each round.

    Args:
        what: the thing, for the log: a reference, an image, a repository, a message.
        error: what was raised.
    """
    _logged.log(what, error)


class _Logged:
    """The errors that were logged, by thing, type and line of code."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def log(self, what: str, error: Exception) -> None:
        """Log the error, unless the same one of this thing was logged before."""
        key = what, type(error).__name__, _place(error.__traceback__)
        with self._lock:
            if key in self._known:
                return
            self._known[key] = None
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        _log.exception(
            "item_failed",
            "{what}: an unexpected error; other items are not affected",
            exc_info=error,
            what=what,
        )


def _place(trace: TracebackType | None) -> str:
    """The line of code that raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


_logged = _Logged()
