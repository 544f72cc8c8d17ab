"""Work for one of many items: an unexpected exception becomes a problem of that item, and the others go on."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from provider.errors import InternalError
from proxy.unexpected import log_unexpected

P = ParamSpec("P")
Result = TypeVar("Result")


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
        log_unexpected(name, error)
        return InternalError(f"internal error: {type(error).__name__}; see the log")
