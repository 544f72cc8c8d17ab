"""Wakes the worker from the process of the web part."""

import os
import socket
import threading
from datetime import timedelta

from provider.composition.schedule import ROUND, jobs_url
from provider.jobs.dbos_jobs import DbosJobs
from provider.settings import Settings

_STOPPING = timedelta(seconds=2)
# DBOS is one per process.
_one_at_a_time = threading.Lock()


def wake_worker(settings: Settings) -> None:
    """Let the worker start a round soon, whichever process it runs in.

    Raises:
        Exception: the queue cannot be written now.
    """
    with _one_at_a_time:
        jobs = DbosJobs(jobs_url(settings.database_url), f"web-{socket.gethostname()}-{os.getpid()}")
        # Without periods: this process runs nothing. It is stopped at once, so that no thread of it stays.
        jobs.start(())
        try:
            jobs.wake(ROUND)
        finally:
            jobs.stop(_STOPPING)
