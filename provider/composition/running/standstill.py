"""Makes the watchdog of a worker's process."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url

from provider.composition.parts import Parts, utc_now
from provider.jobs.ports import Period
from provider.jobs.process_locks import jobs_url
from provider.ports import Beat
from provider.services.health import WORKER
from provider.services.standstill.own_files import OwnFiles
from provider.services.standstill.watchdog import STOOD_STILL, Watchdog
from provider.services.standstill.works import Works


def watchdog(parts: Parts, end: Callable[[], object]) -> Watchdog:
    """The watchdog of this process; it is not started. The files of the worker must be open.

    The file of the database is not among those that it watches: its engine uses it again when it is back.
    """
    files = OwnFiles(_files_of(parts))
    return Watchdog(parts.works, files.gone, lambda problem: parts.beats.beat(Beat(WORKER, utc_now(), problem)), end)


def watched(works: Works, period: Period) -> Period:
    """The period, with its runs noted."""
    return replace(period, run=works.around(period.name, period.every, period.run))


def end_at_once() -> None:
    """End this process without waiting for its threads; its web server ends with it."""
    logging.shutdown()
    os._exit(STOOD_STILL)


def _files_of(parts: Parts) -> list[Path]:
    jobs = make_url(jobs_url(parts.settings.database_url))
    queue = [Path(jobs.database)] if jobs.get_backend_name() == "sqlite" and jobs.database else []
    return [*queue, parts.settings.config_checkout / ".git"]
