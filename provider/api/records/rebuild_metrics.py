"""Metrics for Prometheus about how long rebuilds take, read from the database at each scrape."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from catalog.image import Conclusion
from provider.domain.records.durations import Durations
from provider.operation_ports import HistoryFilter, ImageHistories

WINDOW = timedelta(days=7)


class RebuildCollector(Collector):
    """The rebuilds of the last seven days, and for how long images have been behind."""

    def __init__(self, histories: ImageHistories, now: Callable[[], datetime]) -> None:
        self._histories = histories
        self._now = now

    def describe(self) -> Iterator[Metric]:
        """The names, without reading the database."""
        yield _rebuilds()
        yield _took()
        yield _beyond()
        yield _behind()
        yield _oldest()

    def collect(self) -> Iterator[Metric]:
        """The current values; without a rebuild that has a time, there is no percentile."""
        now = self._now()
        summary = self._histories.summary(HistoryFilter(since=now - WINDOW))
        rebuilds = _rebuilds()
        for conclusion in Conclusion:
            rebuilds.add_metric([conclusion.value], summary.conclusions.get(conclusion, 0))
        rebuilds.add_metric(["running"], summary.running)
        yield rebuilds
        yield _with(_took(), summary.took)
        yield _with(_beyond(), summary.beyond)
        behind, oldest = _behind(), _oldest()
        behind.add_metric([], summary.behind)
        since = min((waiting.since for waiting in summary.longest_behind), default=now)
        oldest.add_metric([], max(0.0, (now - since).total_seconds()))
        yield behind
        yield oldest


def _with(family: GaugeMetricFamily, found: Durations) -> GaugeMetricFamily:
    for quantile, time in (("0.5", found.median), ("0.9", found.ninetieth), ("1", found.longest)):
        if time is not None:
            family.add_metric([quantile], time.total_seconds())
    return family


def _rebuilds() -> GaugeMetricFamily:
    text = "Rebuilds that were requested in the last 7 days, by result."
    return GaugeMetricFamily("image_factory_recent_rebuilds", text, labels=["conclusion"])


def _took() -> GaugeMetricFamily:
    text = "Seconds from the change of a base image to the end of the rebuild, of rebuilds of the last 7 days."
    return GaugeMetricFamily("image_factory_move_to_rebuild_seconds", text, labels=["quantile"])


def _beyond() -> GaugeMetricFamily:
    text = "What of image_factory_move_to_rebuild_seconds came after the delay, or after the request of a person."
    return GaugeMetricFamily("image_factory_beyond_delay_seconds", text, labels=["quantile"])


def _behind() -> GaugeMetricFamily:
    text = "Images for which a newer digest of something that they are built from is known."
    return GaugeMetricFamily("image_factory_images_behind", text, labels=[])


def _oldest() -> GaugeMetricFamily:
    text = "For how long the image has been behind that has been so for longest; 0: none is behind."
    return GaugeMetricFamily("image_factory_oldest_behind_age_seconds", text, labels=[])
