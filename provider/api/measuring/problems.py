"""The number of problems of each kind, as a metric; GET /api/v1/problems has each of them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from provider.operation_ports import ProblemSource

_KINDS = ("backstage", "credentials", "enrollment", "image", "registries", "repository", "webhooks", "worker")
"""The kinds that always have a series; channels of messages that have a problem have one too."""


class ProblemCollector(Collector):
    """Counts the problems of each kind at each scrape."""

    def __init__(self, sources: Sequence[ProblemSource]) -> None:
        self._sources = sources

    def describe(self) -> Iterator[Metric]:
        """The name, without reading the database."""
        yield _problems()

    def collect(self) -> Iterator[Metric]:
        """The current values; a kind without problems is 0, so that an alert finds its series."""
        found = Counter(problem.kind for source in self._sources for problem in source())
        problems = _problems()
        for kind in sorted({*_KINDS, *found}):
            problems.add_metric([kind], found[kind])
        yield problems


def _problems() -> GaugeMetricFamily:
    text = "Problems that people have to correct, by kind; GET /api/v1/problems has each with its remedy."
    return GaugeMetricFamily("image_factory_problems", text, labels=["kind"])
