"""Tests of how a question is read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.simulation.policies import WhatIf
from provider.domain.simulation.question import InvalidQuestion, question_of

DAY = timedelta(days=1)


def test_a_question_has_a_period_delays_a_window_a_limit_and_an_owner() -> None:
    """Delays are sorted, each once; spaces around a value do not count."""
    texts = {
        "since": "30d",
        "rebuildDelay": "7d, 1d,168h,0",
        "window": "0m",
        "maxConcurrentBuilds": "5",
        "owner": " group:default/x ",
    }
    asked = question_of(texts)
    assert asked == WhatIf(30 * DAY, (timedelta(0), DAY, 7 * DAY), timedelta(0), 5, "group:default/x")


def test_without_values_it_is_about_the_present_policy_over_90_days() -> None:
    """Empty values are none."""
    assert question_of({}) == question_of({"since": "", "owner": "  "}) == WhatIf(90 * DAY)


def test_every_problem_is_named() -> None:
    """By parameter."""
    with pytest.raises(InvalidQuestion) as error:
        question_of(
            {"since": "x", "rebuildDelay": "1d,y", "window": "-1h", "maxConcurrentBuilds": "0", "owner": "a" * 301}
        )
    assert sorted(error.value.problems) == ["maxConcurrentBuilds", "owner", "rebuildDelay", "since", "window"]


@given(st.dictionaries(st.sampled_from(["since", "rebuildDelay", "window", "maxConcurrentBuilds", "owner"]), st.text()))
def test_any_text_is_a_question_or_a_problem(texts: dict[str, str]) -> None:
    """Nothing else is raised, and what is read is within its limits."""
    try:
        asked = question_of(texts)
    except InvalidQuestion:
        return
    assert timedelta(0) < asked.period <= 731 * DAY
    assert len(asked.delays) <= 8
    assert asked.builds is None or asked.builds > 0
