"""Sending messages, made from the parts of its process."""

from functools import partial

from provider.composition.parts import Parts, utc_now
from provider.notifications.channels.table import notifier_of
from provider.notifications.message_worker import MessageWorker
from provider.notifications.sending import MessageSender
from provider.services.health import MESSAGES
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.outbox import SqlOutbox


def message_worker(parts: Parts) -> MessageWorker:
    """What the worker calls; `stop` ends what runs."""
    SqlMessageQueues(parts.engine).keep_only({})
    outbox = SqlOutbox(parts.engine)
    sender = partial(MessageSender, outbox, notifier_of(parts.settings, parts.transport), utc_now)
    return MessageWorker(outbox, sender, utc_now, report=partial(parts.reports.progress, MESSAGES))
