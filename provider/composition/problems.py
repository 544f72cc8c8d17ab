"""What is wrong now: one source for each kind of problem; /api/v1/problems shows them all."""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import Engine

from catalog.times import utc_time
from provider.composition.catalog_push import push_records
from provider.composition.parts import Parts, utc_now
from provider.composition.tracker import repository_problems
from provider.notifications.ports import MessageQueues
from provider.operation_ports import OutsideProblem, OutsideProblems, ProblemDocument, ProblemSource
from provider.services.known_problems import (
    enrollment_problems,
    hook_problems,
    image_problems,
    push_problems,
    worker_problems,
)
from provider.settings import Settings
from provider.store.beats import SqlBeats
from provider.store.images import SqlImageIndex
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.operations.outside_problems import SqlOutsideProblems
from provider.store.operations.redeliveries import SqlRedeliveries
from provider.tracker.store.tracker_store import SqlTrackerStore
from proxy.http.budgets.breaker import HostPause
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_REMEDY = "The channel refuses the content of this; other messages arrive. It is sent again when the service starts."
_REGISTRIES_REMEDY = "Check the registry and the network. The service asks again by itself after the pause."


def problem_sources(engine: Engine, settings: Settings) -> Sequence[ProblemSource]:
    """The sources in this database, which they only read."""
    index = SqlImageIndex(engine)
    return (
        partial(enrollment_problems, index),
        partial(image_problems, index),
        partial(worker_problems, SqlBeats(engine)),
        partial(message_problems, SqlMessageQueues(engine)),
        partial(repository_problems, SqlTrackerStore(engine)),
        partial(_unusable, SqlOutsideProblems(engine)),
        partial(hook_problems, SqlRedeliveries(engine)),
        partial(push_problems, push_records(engine, settings), settings.backstage_url or ""),
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
        _log.warning(
            "problem_found",
            "{kind}: {where}: {problem}. {remedy}",
            kind=new.kind,
            where=new.where,
            problem=new.message,
            remedy=new.remedy,
        )


def _unusable(stored: OutsideProblems) -> Sequence[ProblemDocument]:
    return stored.problems(utc_now())


def _paused(host: str, pause: HostPause) -> ProblemDocument:
    message = f"{pause.cause}; no requests go to {host} before {utc_time(pause.until)}"
    return ProblemDocument("registries", "", message, _REGISTRIES_REMEDY, None, where=host)


def message_problems(queues: MessageQueues) -> Iterator[ProblemDocument]:
    """Why messages wait, and which ones a channel refused; the kind is the name of the channel."""
    for queue in queues.figures():
        state = queue.state
        if problem := state.problem:
            waiting = f" ({_messages(queue.waiting)} waiting)" if queue.waiting else ""
            text = f"{problem.message}{waiting}"
            yield ProblemDocument(state.channel, "", text, problem.remedy, state.since, where=state.where or None)
        for refusal in queue.refusals:
            text = f"{refusal.text} ({_messages(refusal.messages)})"
            yield ProblemDocument(state.channel, "", text, _REMEDY, refusal.since, where=state.where or None)


def _messages(count: int) -> str:
    return f"{count} {'message' if count == 1 else 'messages'}"
