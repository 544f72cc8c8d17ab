"""What is wrong now: one source for each kind of problem; /api/v1/problems shows them all."""

import logging
from collections.abc import Iterator, Sequence
from functools import partial

from catalog.times import utc_time
from provider.composition.catalog_push import push_records
from provider.composition.parts import Parts, utc_now
from provider.composition.tracker import repository_problems
from provider.notifications.ports import Outbox
from provider.operation_ports import OutsideProblem, OutsideProblems, ProblemDocument, ProblemSource
from provider.services.known_problems import (
    enrollment_problems,
    hook_problems,
    image_problems,
    push_problems,
    worker_problems,
)
from provider.store.operations.outside_problems import SqlOutsideProblems
from provider.store.operations.redeliveries import SqlRedeliveries
from provider.store.outbox import SqlOutbox
from provider.tracker.store.tracker_store import SqlTrackerStore
from proxy.http.breaker import HostPause

_log = logging.getLogger(__name__)
_REMEDY = "Correct IMAGE_FACTORY_SLACK_TOKEN, IMAGE_FACTORY_SLACK_CHANNEL or the app in Slack, and restart the service."
_REGISTRIES_REMEDY = "Check the registry and the network. The service asks again by itself after the pause."


def problem_sources(parts: Parts) -> Sequence[ProblemSource]:
    """The sources for this process."""
    return (
        partial(enrollment_problems, parts.index),
        partial(image_problems, parts.index),
        partial(worker_problems, parts.beats),
        partial(slack_problems, SqlOutbox(parts.engine), parts.settings.slack_channel or ""),
        partial(repository_problems, SqlTrackerStore(parts.engine)),
        partial(_unusable, SqlOutsideProblems(parts.engine)),
        partial(hook_problems, SqlRedeliveries(parts.engine)),
        partial(push_problems, push_records(parts), parts.settings.backstage_url or ""),
    )


def note_outside_problems(parts: Parts) -> None:
    """Store which credentials and registries this process cannot use, so that the web part shows them, and log them."""
    now = utc_now()
    credentials = [
        OutsideProblem(ProblemDocument("credentials", "", found.message, found.remedy, None, where=found.where))
        for found in parts.registry_credentials.problems()
    ]
    registries = [
        OutsideProblem(_paused(host, pause), pause.until)
        for host, pause in sorted(parts.registries.paused(now).items())
    ]
    for new in SqlOutsideProblems(parts.engine).replace([*credentials, *registries], now):
        _log.warning("%s: %s: %s. %s", new.kind, new.where, new.message, new.remedy)


def _unusable(stored: OutsideProblems) -> Sequence[ProblemDocument]:
    return stored.problems(utc_now())


def _paused(host: str, pause: HostPause) -> ProblemDocument:
    message = f"{pause.cause}; no requests go to {host} before {utc_time(pause.until)}"
    return ProblemDocument("registries", "", message, _REGISTRIES_REMEDY, None, where=host)


def slack_problems(outbox: Outbox, channel: str) -> Iterator[ProblemDocument]:
    """Why messages have not arrived in the channel."""
    for problem in outbox.problems():
        message = f"{problem.text} ({problem.messages} {'message' if problem.messages == 1 else 'messages'})"
        yield ProblemDocument("slack", "", message, _REMEDY, problem.since, where=channel or None)
