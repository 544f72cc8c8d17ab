"""The metric about GitHub's hourly limits."""

from collections.abc import Mapping

from prometheus_client.core import GaugeMetricFamily


def budget_metric(left: Mapping[str, int]) -> GaugeMetricFamily:
    """How many requests are left, by the limit that they count against."""
    text = "Requests that GitHub allows until its next hour begins, by the limit that they count against."
    found = GaugeMetricFamily("image_factory_github_budget_left", text, labels=["resource"])
    for resource, number in sorted(left.items()):
        found.add_metric([resource], number)
    return found
