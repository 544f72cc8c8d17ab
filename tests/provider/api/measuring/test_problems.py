"""Tests of the metric with the problems of each kind."""

from prometheus_client import CollectorRegistry

from provider.api.measuring.problems import ProblemCollector
from provider.operation_ports import ProblemDocument, ProblemSource


def counts(*sources: ProblemSource) -> dict[str, float]:
    """The values by kind."""
    registry = CollectorRegistry()
    registry.register(ProblemCollector(sources))
    return {sample.labels["kind"]: sample.value for family in registry.collect() for sample in family.samples}


def problem(kind: str) -> ProblemDocument:
    """A problem of this kind."""
    return ProblemDocument(kind, "", "is wrong", "correct it", None)


def test_each_kind_has_a_series_also_without_problems() -> None:
    """So an alert finds it."""
    found = counts(tuple)
    assert set(found.values()) == {0.0}
    assert {"credentials", "enrollment", "image", "registries", "worker"} <= set(found)


def test_problems_of_all_sources_are_counted_by_kind() -> None:
    """A channel of messages is a kind while it has a problem."""
    found = counts(lambda: [problem("image"), problem("image")], lambda: [problem("slack"), problem("credentials")])
    assert (found["image"], found["slack"], found["credentials"], found["worker"]) == (2, 1, 1, 0)
