"""Tests of the values of findings."""

from provider.domain.findings.finding import Findings, error, in_order, info, not_known, warning


def test_errors_come_first_and_each_finding_once() -> None:
    """Those of one level stay in the order in which they were found."""
    told, warned, wrong, open_ = info("a", "x"), warning("b", "y"), error("c", "z"), not_known("d", "later")

    assert in_order([told, open_, wrong, told, warned, wrong]) == (wrong, open_, warned, told)
    assert in_order([]) == ()


def test_findings_know_what_stops_a_commit() -> None:
    """An error, a missing rule, or a question that has no answer yet."""
    wrong, open_ = error("c", "z"), not_known("d", "later")

    assert Findings((wrong, open_)).errors == (wrong,)
    assert not Findings((wrong,)).needs_rule
    assert (Findings((wrong,)).complete, Findings((open_,)).complete) == (True, False)
