"""The process that starts the web server, restarts it after a crash, and ends it: `web_server HOST PORT`.

It is a program of its own because it runs as long as the web server and needs next to nothing of the service: started
from `serve`, it would keep 120 MB of modules that only the first checks have used.
"""

import math
import multiprocessing
import os
import resource
import sys

from granian.constants import Interfaces
from granian.server.mp import MPServer

from provider.commands.serving.ending import ends_in_time
from provider.services.stopping import STOP_WITHIN, Stopping

# Of the time to stop, for the worker after the last answer of the web server.
_CLOSING_SECONDS = 3.0
# The longest waits take at most 8 for bodies of requests (timed_bodies.py) and 12 for other hosts (upstream_places.py).
# The places of requests that wait for other hosts, and for bodies, take at most 32 of them.
_THREADS = 36
# granian accepts no more than these. It has no time limit for connections that send nothing, so the limit is as high as
# the open files of a process usually allow; by default it is 1,024.
_MOST_CONNECTIONS = 8_192
_OTHER_FILES = 1_024


class _WebServer(MPServer):
    """Also tells the worker in this process that the end has begun, while the last requests are answered."""

    stopping: Stopping

    def signal_handler_interrupt(self, *arguments: object, **others: object) -> None:
        """The handler of SIGTERM and SIGINT."""
        self.stopping.begin()
        super().signal_handler_interrupt(*arguments, **others)  # type: ignore[no-untyped-call]  # granian has no types here


def serve_web(host: str, port: int, stopping: Stopping) -> None:
    """Serve `web_entry.web` in a process of its own, until a signal comes and the last request ends."""
    # A forked process would inherit the locks of the checkout and of the jobs, which then outlive a killed worker, and
    # open connections to SQLite, which must not cross a fork (sqlite.org/howtocorrupt.html, section 2.6).
    multiprocessing.set_start_method("spawn", force=True)
    _allow_connections()
    server = _WebServer(
        "provider.commands.serving.web_entry:web",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=_THREADS,
        backpressure=_MOST_CONNECTIONS,
        respawn_failed_workers=True,
        # Requests that are running are answered; those that take longer are cut off.
        workers_kill_timeout=math.floor(STOP_WITHIN.total_seconds() - _CLOSING_SECONDS),
        log_access=False,
        log_enabled=False,
    )
    server.stopping = stopping
    server.serve()


def become(host: str, port: int) -> None:
    """Replace this process, which keeps its id, by this program."""
    sys.stdout.flush()
    sys.stderr.flush()
    # -P: what lies in the current folder is no module of the service.
    os.execv(sys.executable, [sys.executable, "-P", "-m", __name__, host, str(port)])  # noqa: S606 - this interpreter


def _allow_connections() -> None:
    """Raise the limit of open files for the process of the web server, which inherits it, as far as this user may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        highest = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest, hard))


if __name__ == "__main__":
    serve_web(sys.argv[1], int(sys.argv[2]), ends_in_time())
