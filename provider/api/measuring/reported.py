"""Metrics that only the worker knows, as it last reported them: limits of other hosts, and what images wait for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from provider.ports import Beat
from provider.services.counting.reported import budget_left, waiting
from provider.services.health import GITHUB, REGISTRY_LIMITS


def reported(beats: Sequence[Beat], now: datetime) -> Iterator[Metric]:
    """What is left of the limits of GitHub and of registries, and how many images wait for what.

    Each kind of wait has a value once the worker has reported one; before, none is known.
    """
    yield _github(budget_left(beats, GITHUB, now))
    yield _registries(budget_left(beats, REGISTRY_LIMITS, now))
    yield _waiting(waiting(beats))


def _github(left: Mapping[str, int]) -> GaugeMetricFamily:
    text = "Requests that GitHub allows until its next hour begins, by the limit that they count against."
    return _gauge(GaugeMetricFamily("image_factory_github_budget_left", text, labels=["resource"]), left)


def _registries(left: Mapping[str, int]) -> GaugeMetricFamily:
    text = "Requests that a registry allows until its limit begins anew, of those that name one."
    return _gauge(GaugeMetricFamily("image_factory_registry_budget_left", text, labels=["host"]), left)


def _waiting(found: Mapping[str, int]) -> GaugeMetricFamily:
    text = "Images with a newer digest of something that they are built from, by what their rebuild waits for."
    return _gauge(GaugeMetricFamily("image_factory_images_waiting", text, labels=["reason"]), found)


def _gauge(family: GaugeMetricFamily, values: Mapping[str, int]) -> GaugeMetricFamily:
    for name, number in sorted(values.items()):
        family.add_metric([name], number)
    return family
