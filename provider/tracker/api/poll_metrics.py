"""Metrics of polls, read from the database at each scrape."""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from provider.tracker.ports import TrackerStore


class PollCollector(Collector):
    """Tracked repositories by state, the polls of each host by outcome, and for how long repositories fail.

    Hosts are those of tracked repositories alone, so their number is bounded by what people track.
    """

    def __init__(self, store: TrackerStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def describe(self) -> Iterator[Metric]:
        """The names, without reading the database."""
        yield _repositories()
        yield _polls()
        yield _oldest()

    def collect(self) -> Iterator[Metric]:
        """The current values; every state has one, so that an alert always finds its series."""
        figures = self._store.figures()
        repositories, polls, oldest = _repositories(), _polls(), _oldest()
        for state, number in figures.by_state.items():
            repositories.add_metric([state.value], number)
        for count in figures.counts:
            polls.add_metric([count.type.value, count.host, count.outcome.value], count.polls)
        since = figures.failing_since
        oldest.add_metric([], max(0.0, (self._now() - since).total_seconds()) if since else 0)
        yield from (repositories, polls, oldest)


def _repositories() -> GaugeMetricFamily:
    text = "Tracked repositories by state: ok, never, error, waiting or dead."
    return GaugeMetricFamily("image_factory_tracked_repositories", text, labels=["state"])


def _polls() -> CounterMetricFamily:
    text = "Polls of tracked repositories by type, host and outcome: ok, failed or waiting (the host limits requests)."
    return CounterMetricFamily("image_factory_polls", text, labels=["type", "host", "outcome"])


def _oldest() -> GaugeMetricFamily:
    text = "For how long the tracked repository fails that has failed the longest; 0: none fails."
    return GaugeMetricFamily("image_factory_tracked_oldest_failure_age_seconds", text, labels=[])
