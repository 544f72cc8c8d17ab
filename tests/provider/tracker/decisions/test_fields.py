"""Tests of the rules for fields that people fill in."""

from collections.abc import Callable

import pytest

from provider.tracker.decisions.fields import (
    LONGEST_NAME,
    LONGEST_NOTES,
    LONGEST_URL,
    LONGEST_VERSION,
    name_problem,
    notes_problem,
    url_problem,
    version_problem,
)

_URL = "https://example.org/"


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (name_problem, "n" * LONGEST_NAME),
        (name_problem, " my app "),
        (notes_problem, ""),
        (notes_problem, "two\nlines"),
        (notes_problem, "n" * LONGEST_NOTES),
        (version_problem, "v" * LONGEST_VERSION),
        (version_problem, "Release 1.0"),
        (url_problem, _URL.ljust(LONGEST_URL, "a")),
    ],
)
def test_a_field_within_its_rules_has_no_problem(problem: Callable[[str], str | None], text: str) -> None:
    """The longest text that is allowed is allowed."""
    assert problem(text) is None


@pytest.mark.parametrize(
    ("problem", "texts", "message"),
    [
        (name_problem, ["", " ", "two\nlines", "n" * (LONGEST_NAME + 1)], "1 to 200 characters"),
        (notes_problem, ["n" * (LONGEST_NOTES + 1)], "at most 10000 characters; these have 10001"),
        (version_problem, ["", " ", "1.0 ", " 1.0", "1\n0", "v" * (LONGEST_VERSION + 1)], "1 to 300 characters"),
        (url_problem, ["", "javascript:alert(1)", _URL.ljust(LONGEST_URL + 1, "a")], "https://"),
    ],
)
def test_a_problem_says_what_is_allowed(problem: Callable[[str], str | None], texts: list[str], message: str) -> None:
    """One message for every text that breaks the rule."""
    for text in texts:
        assert message in (problem(text) or "")


def test_a_field_can_have_longer_notes() -> None:
    """The notes of a release are longer than those of a repository."""
    assert notes_problem("abc", 3) is None
    assert notes_problem("abcd", 3) == "notes must have at most 3 characters; these have 4"


def test_what_a_link_may_be_is_said() -> None:
    """The message says what to write in place of it."""
    expected = "not a web address; write an address that begins with https:// and contains no credentials"
    assert url_problem("javascript:alert(1)") == url_problem("https://joe:secret@example.org/") == expected
