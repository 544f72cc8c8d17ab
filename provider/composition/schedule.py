"""The schedule of the worker, and the database of its queues. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import make_url

from provider.jobs.ports import Period
from provider.notifications.message_worker import TURN, MessageWorker
from provider.services.worker import Worker
from provider.settings import Settings
from provider.tracker.services.poll_round import PollRound

AT_THE_START = ("round", "poll", "announce")
"""The periods that run once when the worker starts."""

SHORTEST_FOLLOWING = timedelta(seconds=15)
LONGEST_POLL_PERIOD = timedelta(minutes=1)
_TIDYING = timedelta(days=1)


def periods(settings: Settings, worker: Worker, releases: PollRound, messages: MessageWorker) -> Sequence[Period]:
    """Everything that the worker does periodically.

    Running builds and due polls are checked more often than everything else.
    """
    return (
        Period("round", settings.check_interval, worker.round),
        Period("follow", min(settings.check_interval, SHORTEST_FOLLOWING), worker.follow),
        Period("poll", min(settings.poll_interval, LONGEST_POLL_PERIOD), releases.run),
        Period("announce", TURN, messages.announce),
        Period("tidy", _TIDYING, messages.tidy),
    )


def jobs_url(database_url: str) -> str:
    """The database of the queues: a separate file beside a SQLite database, or the same PostgreSQL database."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return database_url
    return f"sqlite:///{Path(url.database).parent / 'jobs.db'}"
