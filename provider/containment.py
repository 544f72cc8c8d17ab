"""Work for one of many items: an unexpected exception becomes a problem of that item, and the others go on."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

from provider.errors import InternalError

P = ParamSpec("P")
Result = TypeVar("Result")

_MOST_REMEMBERED = 1_000
_log = logging.getLogger(__name__)


def contained(name: str, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result | InternalError:
    """Call `work` for one item; an exception that it does not handle itself is logged and returned as a value.

    Args:
        name: the item, for the log: an image, a repository, a message.
        work: called with the remaining arguments.
        args: passed to `work`.
        kwargs: passed to `work`.
    """
    try:
        return work(*args, **kwargs)
    except InternalError as error:
        return error
    except Exception as error:  # noqa: BLE001 - logged, and recorded as the problem of this item
        _logged.log(name, error)
        return InternalError(f"internal error: {type(error).__name__}; see the log")


class _Logged:
    """Logs each error of an item with its traceback once: the same one returns in each round."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def log(self, name: str, error: Exception) -> None:
        """Log the error, unless the same one of this item was logged before."""
        key = name, type(error).__name__, _place(error.__traceback__)
        with self._lock:
            if key in self._known:
                return
            self._known[key] = None
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        _log.error("%s: an unexpected error; other items are not affected", name, exc_info=error)


def _place(trace: TracebackType | None) -> str:
    """The line of code that raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


_logged = _Logged()
