"""Makes the watcher, which lets the worker react, and the pulls of the config repository between two rounds."""

from collections.abc import Callable
from functools import partial

from provider.composition.parts import Parts, utc_now
from provider.services.health import REACTIONS
from provider.services.reacting.pulling import ConfigPulls
from provider.services.reacting.watching import Watcher
from provider.services.worker import Worker
from provider.store.operations.open_work import SqlOpenWork


def watcher(parts: Parts, worker: Worker, wake_round: Callable[[], None]) -> Watcher:
    """The watcher of this process; it is not started."""
    report = partial(parts.reports.progress, REACTIONS)
    return Watcher(worker, SqlOpenWork(parts.engine), wake_round, utc_now, parts.works, report)


def config_pulls(parts: Parts, worker: Worker, wake_round: Callable[[], None]) -> ConfigPulls:
    """The pulls of this process."""
    return ConfigPulls(worker.pull, lambda: worker.changed_at, wake_round, utc_now, parts.settings.check_interval)
