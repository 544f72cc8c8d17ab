"""Tests of what is read from a PromQL expression."""

import pytest

from tests.deploy.monitoring.expressions import Selector, documented_name, groupings, selectors


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("max(image_factory_a) > 0", [Selector("image_factory_a", frozenset(), ())]),
        (
            'sum by (x) (rate(image_factory_a{b="c", d=~"e.*"}[5m])) / image_factory_f',
            [
                Selector("image_factory_a", frozenset({"b", "d"}), (("b", "c"),)),
                Selector("image_factory_f", frozenset(), ()),
            ],
        ),
        ("up == 0", []),
    ],
)
def test_metrics_and_labels_are_found(expression: str, found: list[Selector]) -> None:
    """Each metric of the service, with its matchers; others are not read."""
    assert list(selectors(expression)) == found


def test_groupings_are_found() -> None:
    """Those of every aggregation."""
    assert groupings("max by (a, b) (x) / sum without (c) (y)") == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("metric", "name"),
    [("h_bucket", "h"), ("h_count", "h"), ("h_sum", "h"), ("g", "g"), ("other_count", "other_count")],
)
def test_the_series_of_a_histogram_belong_to_it(metric: str, name: str) -> None:
    """A metric that is no histogram keeps its name."""
    assert documented_name(metric, frozenset({"h", "g"})) == name
