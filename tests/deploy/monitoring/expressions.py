"""Which metrics and labels a PromQL expression names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_METRIC = re.compile(r"\b(image_factory_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
_HISTOGRAM = ("_bucket", "_count", "_sum")


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric that an expression reads; `equal` are the labels that must have one value."""

    metric: str
    labels: frozenset[str]
    equal: tuple[tuple[str, str], ...]


def selectors(expression: str) -> Iterator[Selector]:
    """Every metric of the expression, with the labels that it selects by."""
    for metric, matchers in _METRIC.findall(expression):
        found = _MATCHER.findall(matchers)
        equal = tuple((label, value) for label, operator, value in found if operator in ("=", "!="))
        yield Selector(metric, frozenset(label for label, _, _ in found), equal)


def groupings(expression: str) -> frozenset[str]:
    """The labels by which the expression groups."""
    return frozenset(label.strip() for labels in _GROUPING.findall(expression) for label in labels.split(","))


def documented_name(metric: str, known: frozenset[str]) -> str:
    """The name of the metric in the documents: a histogram is one metric with several series."""
    stems = (metric.removesuffix(suffix) for suffix in _HISTOGRAM if metric.endswith(suffix))
    return next((stem for stem in stems if stem in known), metric)
