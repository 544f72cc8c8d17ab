"""Metrics about requests to other hosts, the cache of their answers, checks of digests, and pushes of git."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from provider.domain.records.counted import Counted, CountKind


class CountCollector(Collector):
    """The sums of all processes; what this process has counted is stored first."""

    def __init__(self, sums: Callable[[], Mapping[Counted, int]]) -> None:
        self._sums = sums

    def describe(self) -> Iterator[Metric]:
        """The names, without reading the database."""
        yield from (_upstream(), _cache(), _checks(), _git())

    def collect(self) -> Iterator[Metric]:
        """The current values."""
        upstream, cache, checks, git = _upstream(), _cache(), _checks(), _git()
        for counted, number in sorted(self._sums().items()):
            match counted.kind:
                case CountKind.UPSTREAM:
                    upstream.add_metric([counted.name, counted.outcome], number)
                case CountKind.CACHE:
                    cache.add_metric([counted.outcome], number)
                case CountKind.CHECK:
                    checks.add_metric([counted.outcome], number)
                case CountKind.GIT:
                    git.add_metric([counted.outcome], number)
        yield from (upstream, cache, checks, git)


def _upstream() -> CounterMetricFamily:
    text = "Requests to other hosts by outcome, repeats and redirects included."
    return CounterMetricFamily("image_factory_upstream_requests", text, labels=["host", "outcome"])


def _cache() -> CounterMetricFamily:
    text = "Answers of the cache of versions and workflow runs: hit, stale or miss."
    return CounterMetricFamily("image_factory_cache_answers", text, labels=["outcome"])


def _checks() -> CounterMetricFamily:
    text = "Checks of the digest that a tag points to, by outcome."
    return CounterMetricFamily("image_factory_digest_checks", text, labels=["outcome"])


def _git() -> CounterMetricFamily:
    text = "Pushes to the config repository: pushed, raced (another writer was faster) or failed."
    return CounterMetricFamily("image_factory_git_pushes", text, labels=["outcome"])
