"""Metrics for Prometheus. Metrics about images are read from the index at each scrape."""

import functools
import time
from collections import Counter as TallyCounter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from catalog.image import Status
from provider.api.measuring.reported import reported
from provider.api.request_ids import note_request
from provider.ports import Beat, Health, ImageIndex
from provider.push_ports import PushRecords
from provider.services.health import CHECK_TIMES

Measure = Callable[[str, str, str, float], None]
"""Counts a response by method, endpoint and status, and records its duration in seconds."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class IndexCollector(Collector):
    """Images by status, the health of each part, and the time since the worker's parts last reported.

    Where changes of the catalog are pushed to Backstage, also how many pushes it took, and how many it did not.
    """

    def __init__(
        self,
        index: ImageIndex,
        beats: Callable[[], Sequence[Beat]],
        now: Callable[[], datetime],
        health: Health,
        pushes: PushRecords | None,
    ) -> None:
        self._index = index
        self._beats = beats
        self._now = now
        self._health = health
        self._pushes = pushes

    def describe(self) -> Iterator[Metric]:
        """The names, without reading the index."""
        yield _images()
        yield _ages()
        yield _able()
        yield _problems()
        yield _pushed()
        yield _push_failures()
        yield from reported((), self._now())

    def collect(self) -> Iterator[Metric]:
        """The current values; every status has one, so that an alert always finds its series."""
        images, counts = _images(), self._index.count_by_status()
        for status in Status:
            images.add_metric([status.value], counts.get(status.value, 0))
        yield images
        ages, now, beats = _ages(), self._now(), self._beats()
        for beat in beats:
            if beat.part in CHECK_TIMES:
                continue
            ages.add_metric([beat.part], max(0.0, (now - beat.at).total_seconds()))
        yield ages
        yield from reported(beats, now)
        yield from AbleParts(self._health).collect()
        problems, by_file = _problems(), TallyCounter(problem.file or "" for problem in self._index.reported())
        for file, count in sorted(by_file.items()):
            problems.add_metric([file], count)
        yield problems
        if self._pushes:
            record = self._pushes.last()
            pushed, failures = _pushed(), _push_failures()
            pushed.add_metric([], record.pushes)
            failures.add_metric([], record.failures)
            yield pushed
            yield failures


class AbleParts(Collector):
    """Which parts work: all that can be said while the database cannot be read."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def describe(self) -> Iterator[Metric]:
        """The name, without reading anything."""
        yield _able()

    def collect(self) -> Iterator[Metric]:
        """The current values."""
        able = _able()
        for part in self._health.parts():
            able.add_metric([part.name], float(part.able))
        yield able


def measure_requests(app: Flask, registry: CollectorRegistry) -> Measure:
    """Count every response of the app and measure its duration.

    Returns:
        The function that does so, for responses that are sent without Flask.
    """
    requests = Counter(
        "image_factory_http_requests_total", "Requests answered.", ["method", "endpoint", "status"], registry=registry
    )
    seconds = Histogram(
        "image_factory_http_request_seconds", "Time to answer a request.", ["method", "endpoint"], registry=registry
    )

    # Looking up a series costs more than adding to it.
    counted, timed = functools.cache(requests.labels), functools.cache(seconds.labels)

    def measure(method: str, endpoint: str, status: str, duration: float) -> None:
        counted(method, endpoint, status).inc()
        timed(method, endpoint).observe(duration)

    @app.before_request
    def start() -> None:
        g.request_started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        # Only known methods and endpoints: an invented one must not become a series.
        method = request.method if request.method in _METHODS else "other"
        endpoint = request.endpoint or "none"
        note_request(method, request.url_rule.rule if request.url_rule else endpoint, response.status_code)
        measure(method, endpoint, str(response.status_code), time.perf_counter() - g.request_started)
        return response

    return measure


def _images() -> GaugeMetricFamily:
    return GaugeMetricFamily("image_factory_images", "Tracked images by status.", labels=["status"])


def _ages() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "image_factory_worker_beat_age_seconds", "Seconds since a part of the worker last reported.", labels=["part"]
    )


def _problems() -> GaugeMetricFamily:
    text = "Problems in the config repository by file; GET /api/v1/problems has the line and the cause of each."
    return GaugeMetricFamily("image_factory_config_problems", text, labels=["file"])


def _pushed() -> CounterMetricFamily:
    text = "Changes of the catalog that Backstage was asked to read, and took."
    return CounterMetricFamily("image_factory_backstage_pushes", text, labels=[])


def _push_failures() -> GaugeMetricFamily:
    text = "How often in a row Backstage did not take the push of a changed catalog; 0: it took the last one."
    return GaugeMetricFamily("image_factory_backstage_push_failures", text, labels=[])


def _able() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "image_factory_part_able",
        "1 while a part works and finishes its rounds in time, as /readyz says; 0 otherwise.",
        labels=["part"],
    )
