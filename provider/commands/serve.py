"""`image-factory serve` and `worker`: run until they are stopped."""

import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from provider import garbage
from provider.commands.logged_parts import logged_parts
from provider.commands.serving.ending import ends_in_time
from provider.commands.start_lines import is_loopback, start_lines
from provider.composition.catalog_push import catalog_pushes
from provider.composition.messages import message_worker, webhook_worker
from provider.composition.own_files import session_key
from provider.composition.parts import Parts
from provider.composition.reacting import config_pulls, watcher
from provider.composition.retention import remove_old
from provider.composition.running.sharing import helpers, leave, members_of
from provider.composition.running.standstill import end_at_once, watchdog, watched
from provider.composition.schedule import AT_THE_START, POLL, ROUND, periods
from provider.composition.tracker import poll_round
from provider.composition.upkeep import webhook_upkeep
from provider.composition.worker import open_worker
from provider.jobs.dbos_jobs import DbosJobs
from provider.jobs.ports import Jobs
from provider.jobs.process_locks import jobs_url
from provider.private_files import private_umask
from provider.services.stopping import STOP_WITHIN, Stopping, wait_for_stop
from provider.settings import Settings
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_CONNECT_SECONDS = 1.0
_HELP_SECONDS = 2.0


def serve(settings: Settings, host: str, port: int, *, with_worker: bool) -> int:
    """Run the web service, with the worker unless that runs in another process; returns the exit code."""
    # A worker alone needs no web server.
    from provider.commands.serving.web_server import become, serve_web  # noqa: PLC0415

    if not settings.authenticated and not is_loopback(host):
        print(
            f"Refusing to listen on {host} without authentication: set IMAGE_FACTORY_API_TOKENS or "
            "IMAGE_FACTORY_BACKSTAGE_URL, or listen on localhost",
            file=sys.stderr,
        )
        return 1
    if problem := _port_problem(host, port):
        print(f"cannot listen on {host}:{port}: {problem}; use another --host or --port", file=sys.stderr)
        return 1
    # The process of the web server inherits it.
    with private_umask():
        with logged_parts(settings) as parts:
            parts.check()
            session_key(settings)
            for line in start_lines(settings, host, port, with_worker=with_worker):
                _log.info("started", "{line}", line=line)
            if with_worker:
                stopping = ends_in_time()
                with _working(parts, partial(_accepts, host, port), stopping):
                    serve_web(host, port, stopping)
                return 0
        become(host, port)
    return 0


def work(settings: Settings) -> int:
    """Run only the worker, until SIGTERM or SIGINT."""
    stopping = ends_in_time()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.begin())
    with private_umask(), logged_parts(settings) as parts, _working(parts, lambda: True, stopping):
        wait_for_stop(stopping)
    return 0


@contextmanager
def _working(parts: Parts, serving: Callable[[], bool], stopping: Stopping) -> Iterator[None]:
    """Run the worker; `serving` says whether the web part can be asked, as far as this process knows.

    Once the end has begun, its rounds end early: nothing new is sent, and answers to what was sent are recorded.
    """
    settings = parts.settings
    # Different in each process, also where machines have the same name; a dead one's runs go to any other.
    worker_id = settings.worker_id or f"{socket.gethostname()}-{secrets.token_hex(4)}"
    jobs: Jobs = DbosJobs(jobs_url(settings.database_url), worker_id)
    members = members_of(parts, worker_id)
    with open_worker(parts, partial(jobs.wake, POLL), stopping, members) as worker:
        _log.info("worker_named", "this worker has the id {worker}", worker=worker_id)
        releases, messages, pushes = poll_round(parts, members), message_worker(parts), catalog_pushes(parts, serving)
        pulls = config_pulls(parts, worker, partial(jobs.wake, ROUND))
        upkeep, old, hook = webhook_upkeep(parts), partial(remove_old, parts, worker), webhook_worker(parts)
        steps = worker, pulls, releases, messages, upkeep, parts.reports
        helping = helpers(parts, members, worker, pulls, releases)
        # Before the first round, which else would take the shares of other workers too.
        helping[0].turn()
        every = periods(settings, *steps, remove_old=old, pushes=pushes, hook=hook)
        jobs.start([watched(parts.works, period) for period in every])
        for period in every:
            if period.name in AT_THE_START:
                jobs.wake(period.name)
        watching = watcher(parts, worker, partial(jobs.wake, ROUND))
        watching.start()
        for helper in helping:
            helper.start()
        # After the start of the jobs, which makes their file.
        dog = watchdog(parts, end_at_once)
        dog.start()
        garbage.settle()
        try:
            yield
        finally:
            dog.stop()
            stopping.begin()
            for part in (releases, messages, hook, pushes):
                if part:
                    part.stop()
            if not watching.stop(stopping.left):
                _log.warning(
                    "reaction_cut_short",
                    "a reaction was still running; what it was asked for is done at the next start",
                )
            for helper in helping:
                helper.stop(0)
            for helper in helping:
                helper.stop(min(stopping.left, _HELP_SECONDS))
            leave(members)
            if not jobs.stop(timedelta(seconds=stopping.left)):
                _log.warning(
                    "job_cut_short",
                    "a job was still running after {waited}; it runs again at the next start",
                    waited=STOP_WITHIN,
                )


def _accepts(host: str, port: int) -> bool:
    """Whether the web server accepts connections; requests wait until its process has started."""
    try:
        with socket.create_connection((host, port), _CONNECT_SECONDS):
            return True
    except OSError:
        return False


def _port_problem(host: str, port: int) -> str | None:
    """Why the port cannot be used. Checked at the start, because the web server reports it with a traceback."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return None
