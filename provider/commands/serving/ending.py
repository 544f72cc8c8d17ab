"""The end of a process: nothing holds it up for longer than its time to stop."""

import os
import sys

from provider.services.stopping import STOP_WITHIN, Stopping, at_the_limit
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def ends_in_time() -> Stopping:
    """The end of this process; at the limit nothing holds it up any more, such as a thread that waits for a host."""
    stopping = Stopping()
    at_the_limit(stopping, _end_now)
    return stopping


def _end_now() -> None:
    _log.warning(
        "work_cut_short",
        "not all work ended within {seconds} s; the next start goes on with it",
        seconds=int(STOP_WITHIN.total_seconds()),
    )
    sys.stdout.flush()
    sys.stderr.flush()
    # Unlike `sys.exit`, it waits for no thread.
    os._exit(0)
