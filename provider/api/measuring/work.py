"""Metrics about the work of the worker: what waits for it, what it has checked, and what changed."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from catalog.image import Role
from provider.operation_ports import WorkRecords

WINDOW = timedelta(days=7)
_CHECKED = timedelta(days=1)


class WorkCollector(Collector):
    """The queues between web part and worker, the checks of images, and their changes in the last seven days."""

    def __init__(self, records: WorkRecords, now: Callable[[], datetime]) -> None:
        self._records = records
        self._now = now

    def describe(self) -> Iterator[Metric]:
        """The names, without reading the database."""
        yield from (_waiting(), _oldest(), _checked(), _oldest_check(), _changes())

    def collect(self) -> Iterator[Metric]:
        """The current values; each queue and role has one, so that an alert finds its series."""
        now = self._now()
        figures = self._records.figures(now - _CHECKED, now - WINDOW)
        waiting, oldest = _waiting(), _oldest()
        for name, queue in sorted(figures.queues.items()):
            waiting.add_metric([name], queue.waiting)
            oldest.add_metric([name], _age(now, queue.oldest))
        yield waiting
        yield oldest
        checked, oldest_check, changes = _checked(), _oldest_check(), _changes()
        checked.add_metric([], figures.checked)
        oldest_check.add_metric([], _age(now, figures.oldest_check))
        yield checked
        yield oldest_check
        for role in Role:
            changes.add_metric([role.value], figures.changes.get(role, 0))
        yield changes


def _age(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _waiting() -> GaugeMetricFamily:
    text = "Requests that the worker has not carried out yet."
    return GaugeMetricFamily("image_factory_queue_waiting", text, labels=["queue"])


def _oldest() -> GaugeMetricFamily:
    text = "How long the oldest request of the queue has been waiting; 0: none waits."
    return GaugeMetricFamily("image_factory_queue_oldest_age_seconds", text, labels=["queue"])


def _checked() -> GaugeMetricFamily:
    text = "Images whose digest was checked in the last 24 hours."
    return GaugeMetricFamily("image_factory_images_checked", text, labels=[])


def _oldest_check() -> GaugeMetricFamily:
    text = "Time since the last check of the image that was checked longest ago; 0: none was checked yet."
    return GaugeMetricFamily("image_factory_oldest_check_age_seconds", text, labels=[])


def _changes() -> GaugeMetricFamily:
    text = "New digests of images in the last 7 days, without the first one of each."
    return GaugeMetricFamily("image_factory_recent_digest_changes", text, labels=["role"])
