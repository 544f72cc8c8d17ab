"""Patterns of identities."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.signatures.subjects import subject_matches

LETTERS = st.text("ab*/", max_size=12)


@given(LETTERS, st.text("ab/", max_size=12))
def test_a_star_stands_for_any_text(pattern: str, subject: str) -> None:
    """As a regular expression with `.*` in its place."""
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert subject_matches(pattern, subject) == bool(re.fullmatch(expression, subject))


@pytest.mark.parametrize(
    ("pattern", "subject", "matches"),
    [
        ("https://github.com/acme/*", "https://github.com/acme/a/.github/workflows/b.yml@refs/heads/main", True),
        ("https://github.com/acme/*", "https://github.com/acme", False),
        ("https://github.com/acme/*", "https://github.com/acme-evil/a", False),
        ("https://github.com/acme/*", "https://evil.example/?https://github.com/acme/", False),
        ("*@acme.example", "a@acme.example", True),
        ("*@acme.example", "a@acme.example.evil", False),
        ("a.c", "abc", False),
        ("*" * 1000 + "b", "a" * 100_000, False),
    ],
)
def test_everything_else_stands_for_itself(pattern: str, subject: str, matches: bool) -> None:
    """Also what has a meaning in regular expressions; the time grows with the length alone."""
    assert subject_matches(pattern, subject) is matches
