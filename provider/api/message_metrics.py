"""Metrics of the queues of messages, read from the database at each scrape."""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from provider.notifications.ports import MessageQueues
from provider.notifications.queue_state import SendOutcome

_LABELS = ["channel"]


class MessageCollector(Collector):
    """Of each channel: how many messages wait and since when, whether they are stopped, and the outcomes of tries."""

    def __init__(self, queues: MessageQueues, now: Callable[[], datetime]) -> None:
        self._queues = queues
        self._now = now

    def describe(self) -> Iterator[Metric]:
        """The names, without reading the database."""
        yield _waiting()
        yield _oldest()
        yield _stopped()
        yield _refused()
        yield _outcomes()

    def collect(self) -> Iterator[Metric]:
        """The current values; every channel that has started has each outcome, so that an alert finds its series."""
        now = self._now()
        waiting, oldest, stopped, refused, outcomes = _waiting(), _oldest(), _stopped(), _refused(), _outcomes()
        for queue in self._queues.figures():
            if not queue.state.channel:
                continue
            channel = [queue.state.channel]
            waiting.add_metric(channel, queue.waiting)
            oldest.add_metric(channel, max(0.0, (now - queue.oldest).total_seconds()) if queue.oldest else 0)
            stopped.add_metric(channel, float(queue.state.stopped))
            refused.add_metric(channel, sum(reason.messages for reason in queue.refusals))
            for outcome in SendOutcome:
                outcomes.add_metric([*channel, outcome.value], queue.state.outcomes.get(outcome.value, 0))
        yield from (waiting, oldest, stopped, refused, outcomes)


def _waiting() -> GaugeMetricFamily:
    return GaugeMetricFamily("image_factory_messages_waiting", "Messages that have not arrived yet.", labels=_LABELS)


def _oldest() -> GaugeMetricFamily:
    text = "How long the oldest message has been waiting; 0: none waits."
    return GaugeMetricFamily("image_factory_messages_oldest_age_seconds", text, labels=_LABELS)


def _stopped() -> GaugeMetricFamily:
    text = "1 while a channel takes no messages because of its configuration; GET /api/v1/problems says what to do."
    return GaugeMetricFamily("image_factory_messages_stopped", text, labels=_LABELS)


def _refused() -> GaugeMetricFamily:
    text = "Messages whose content a channel refused; they are sent again at the next start."
    return GaugeMetricFamily("image_factory_messages_refused", text, labels=_LABELS)


def _outcomes() -> CounterMetricFamily:
    text = "Attempts to send a message by outcome: sent, delayed, uncertain, stopped or refused."
    return CounterMetricFamily("image_factory_message_attempts", text, labels=[*_LABELS, "outcome"])
