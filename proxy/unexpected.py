"""Turns an exception that nobody foresaw into a failure of the one thing that it happened to."""

import logging

from proxy.errors import Garbage, OutsideFailure

_log = logging.getLogger(__name__)


def failure_of(what: str, error: Exception) -> OutsideFailure:
    """The failure to record; one that is foreseen stays as it is, any other is logged with its traceback.

    Args:
        what: was asked, for the message: a reference.
        error: what was raised.
    """
    if isinstance(error, OutsideFailure):
        return error
    _log.error("%s: unexpected error", what, exc_info=error)
    return Garbage(f"{what}: the check failed with an unexpected {type(error).__name__}; see the log; retried later")
