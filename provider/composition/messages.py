"""Sending messages, made from the parts of its process."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from provider.composition.parts import Parts, utc_now
from provider.notifications.channels.table import notifier_of, releases_notifier_of
from provider.notifications.message import MessageKind
from provider.notifications.message_worker import MessageWorker
from provider.notifications.ports import MAIN_QUEUE, RELEASES_QUEUE, Notifier
from provider.notifications.sending import PACE, MessageSender
from provider.services.health import MESSAGES, RELEASES_WEBHOOK
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.outbox import SqlOutbox
from provider.tracker.store.waiting import WaitingAnnouncements

_WEBHOOK_PACE: Final = timedelta(milliseconds=100)


def message_worker(parts: Parts) -> MessageWorker:
    """Sends all messages to Slack or the log; `stop` ends what runs."""
    _keep_queues(parts)
    waiting = WaitingAnnouncements(parts.engine, parts.settings.releases_summary)
    notifier = notifier_of(parts.settings, parts.transport)
    return _worker(parts, MAIN_QUEUE, notifier, MESSAGES, before=waiting.put_due)


def webhook_worker(parts: Parts) -> MessageWorker | None:
    """Sends the messages about releases to the webhook; None if the settings have none."""
    _keep_queues(parts)
    notifier = releases_notifier_of(parts.settings, parts.transport)
    return _worker(parts, RELEASES_QUEUE, notifier, RELEASES_WEBHOOK, _WEBHOOK_PACE) if notifier else None


def _keep_queues(parts: Parts) -> None:
    wanted = {RELEASES_QUEUE: frozenset({MessageKind.RELEASES})} if parts.settings.releases_webhook_url else {}
    SqlMessageQueues(parts.engine).keep_only(wanted)


def _worker(
    parts: Parts,
    queue: str,
    notifier: Notifier,
    part: str,
    pace: timedelta = PACE,
    before: Callable[[datetime], object] = lambda _: None,
) -> MessageWorker:
    outbox = SqlOutbox(parts.engine, queue)
    sender = partial(MessageSender, outbox, notifier, utc_now, pace=pace)
    return MessageWorker(outbox, sender, utc_now, before=before, report=partial(parts.reports.progress, part))
