"""Which texts a pattern of policy.yaml matches, and how long that takes."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provider.domain.policy.patterns import LONGEST, matches, matches_any


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Each test matches anew, and does not read what another one has found."""
    matches.cache_clear()


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("main", "main", True),
        ("main", "Main", False),
        ("main", "main2", False),
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("*", "any", True),
        ("*", "a/b", False),
        ("**", "a/b", True),
        ("***", "a/b", True),
        ("build*.yml", "build.yml", True),
        ("build*.yml", "build-app.yml", True),
        ("build*.yml", "deploy-build.yml", False),
        ("github:acme/team-a-*", "github:acme/team-a-portal", True),
        ("github:acme/team-a-*", "github:acme/team-a", False),
        ("github:acme/team-a-*", "github:acme/team-a-x/y", False),
        ("ghcr.io/acme/team-a/*", "ghcr.io/acme/team-a/app", True),
        ("ghcr.io/acme/team-a/*", "ghcr.io/acme/team-a/app/sub", False),
        ("ghcr.io/acme/team-a/**", "ghcr.io/acme/team-a/app/sub", True),
        ("ghcr.io/acme/*", "ghcrXio/acme/a", False),
        ("a*b*c", "aXbYbZc", True),
        ("a**/c", "a/x/c", True),
        ("[a-z]?", "b1", False),
    ],
)
def test_a_pattern_matches(pattern: str, text: str, expected: bool) -> None:
    """One star stays within a part of a path, two cross it; nothing else is special."""
    assert matches(pattern, text) is expected


def _expression(pattern: str) -> str:
    parts = re.findall(r"\*+|[^*]", pattern)
    return "".join(re.escape(part) if part[0] != "*" else "[^/]*" if part == "*" else "(?s:.*)" for part in parts)


@given(st.text("ab/*", max_size=9), st.text("ab/", max_size=9))
@example("*a**b", "x/ab")
def test_it_matches_as_a_regular_expression_would(pattern: str, text: str) -> None:
    """The independent definition backtracks, so it is only for short texts."""
    assert matches(pattern, text) is bool(re.fullmatch(_expression(pattern), text))


def test_a_hostile_pattern_takes_time_in_proportion_to_the_text() -> None:
    """As a regular expression this one would not end."""
    pattern = ("*a" * LONGEST)[:LONGEST]
    before = time.process_time()

    assert not matches(pattern, "a" * 20_000 + "b/")
    assert time.process_time() - before < 2


def test_one_of_several_patterns_is_enough() -> None:
    """And none matches nothing."""
    assert matches_any(("a", "b*"), "bc")
    assert not matches_any((), "bc")
