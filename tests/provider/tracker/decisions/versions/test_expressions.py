"""Tests of the expressions that people write."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.versions.expressions import LONGEST_EXPRESSION, expression_problem, matcher


@pytest.mark.parametrize("text", ["", "^v[0-9]", "a|b", "(?i)nightly", r"\d+\.\d+", "ä", "^REL_[0-9]+_[0-9]+$"])
def test_an_expression_of_re2_can_be_used(text: str) -> None:
    """Also one that matches everything."""
    assert expression_problem(text) is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("(a", "missing )"), ("[", "missing ]"), ("(?=a)", "invalid perl operator"), (r"(a)\1", "invalid escape"),
        ("a{1000}{1000}", "bad repetition"), ("*", "no argument for repetition"), ("a\nb", "one line"),
        ("a" * (LONGEST_EXPRESSION + 1), "at most 500"), ("((a{100}){100}){100}", ""),
    ],
)  # fmt: skip
def test_a_wrong_expression_is_explained(text: str, cause: str) -> None:
    """The message has the cause in RE2's words, and what to write."""
    problem = expression_problem(text)
    assert problem is not None
    assert cause in problem


def test_an_expression_cannot_take_long() -> None:
    """One that would take other engines years takes as long as the text is."""
    began = time.process_time()
    assert matcher("^(a+)+$").search("a" * 100_000 + "!") is None
    assert time.process_time() - began < 5


@given(st.text(max_size=30))
def test_any_text_is_an_expression_or_has_a_problem(text: str) -> None:
    """Never an exception, and the problem does not repeat a long text."""
    problem = expression_problem(text)
    assert problem is None or len(problem) < 400
    if problem is None:
        matcher(text).search("v1.0.0")
