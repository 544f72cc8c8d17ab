"""What is wrong now: one source for each kind of problem; /api/v1/problems shows them all."""

from collections.abc import Iterator, Sequence
from functools import partial

from provider.composition.parts import Parts
from provider.composition.tracker import repository_problems
from provider.notifications.ports import Outbox
from provider.operation_ports import ProblemDocument, ProblemSource
from provider.services.known_problems import enrollment_problems, image_problems, worker_problems
from provider.store.outbox import SqlOutbox
from provider.tracker.store.tracker_store import SqlTrackerStore

_REMEDY = "Correct IMAGE_FACTORY_SLACK_TOKEN, IMAGE_FACTORY_SLACK_CHANNEL or the app in Slack, and restart the service."


def problem_sources(parts: Parts) -> Sequence[ProblemSource]:
    """The sources for this process."""
    return (
        partial(enrollment_problems, parts.index),
        partial(image_problems, parts.index),
        partial(worker_problems, parts.beats),
        partial(slack_problems, SqlOutbox(parts.engine), parts.settings.slack_channel or ""),
        partial(repository_problems, SqlTrackerStore(parts.engine)),
    )


def slack_problems(outbox: Outbox, channel: str) -> Iterator[ProblemDocument]:
    """Why messages have not arrived in the channel."""
    for problem in outbox.problems():
        message = f"{problem.text} ({problem.messages} {'message' if problem.messages == 1 else 'messages'})"
        yield ProblemDocument("slack", "", message, _REMEDY, problem.since, where=channel or None)
