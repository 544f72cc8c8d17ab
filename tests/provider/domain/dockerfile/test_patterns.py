"""Shell patterns, against a search that tries every possibility."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.patterns import replaced, without_prefix, without_suffix

VALUES = st.text(st.sampled_from("ab\n"), max_size=8)
PATTERNS = st.text(st.sampled_from("ab*?"), max_size=6)


@cache
def matches(pattern: str, text: str) -> bool:
    """Whether the pattern matches the whole text, by trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return matches(pattern[1:], text) or (text[:1] not in {"", "\n"} and matches(pattern, text[1:]))
    same = text[:1] == pattern[0] or (pattern[0] == "?" and text[:1] not in {"", "\n"})
    return same and matches(pattern[1:], text[1:])


@given(VALUES, PATTERNS, st.booleans())
def test_a_prefix_is_the_shortest_or_longest_that_matches(value: str, pattern: str, longest: bool) -> None:
    """No cleverness of the expression changes what matches."""
    ends = [end for end in range(len(value) + 1) if matches(pattern, value[:end])]
    end = (max if longest else min)(ends, default=0)

    assert without_prefix(value, pattern, longest=longest) == value[end:]


@given(VALUES, PATTERNS, st.booleans())
def test_a_suffix_is_the_shortest_or_longest_that_matches(value: str, pattern: str, longest: bool) -> None:
    """The same, from the end."""
    starts = [start for start in range(len(value) + 1) if matches(pattern, value[start:])]
    start = (min if longest else max)(starts, default=len(value))

    assert without_suffix(value, pattern, longest=longest) == value[:start]


@given(VALUES, PATTERNS)
def test_the_first_match_as_long_as_can_be_is_replaced(value: str, pattern: str) -> None:
    """Leftmost first, then longest."""
    spans = [
        (start, -end)
        for start in range(len(value) + 1)
        for end in range(start, len(value) + 1)
        if matches(pattern, value[start:end])
    ]
    start, end = min(spans, default=(len(value), -len(value)))
    expected = value[:start] + ("X" if spans else "") + value[-end:]

    assert "".join(replaced(value, pattern, "X", everywhere=False)) == expected


@given(VALUES, st.text(st.sampled_from("ab"), min_size=1, max_size=3), st.text(max_size=3))
def test_all_matches_are_replaced(value: str, pattern: str, replacement: str) -> None:
    """Without wildcards it is plain replacement, and the replacement means itself."""
    assert "".join(replaced(value, pattern, replacement, everywhere=True)) == value.replace(pattern, replacement)


@pytest.mark.parametrize("pattern", ["a*" * 200 + "b", "*a" * 200 + "b", "?*" * 200 + "b", "a?" * 200 + "b"])
def test_no_pattern_is_slow(pattern: str) -> None:
    """Patterns that ruin a search with backtracking end, and match nothing here."""
    value = "a" * 1000

    assert without_prefix(value, pattern, longest=True) == value
    assert without_suffix(value, pattern[::-1], longest=False) == value
    assert "".join(replaced(value, pattern, "x", everywhere=True)) == value


@pytest.mark.parametrize("pattern", ["\\X", "\\[", "\\.", "\\n"])
def test_no_other_character_takes_an_escape(pattern: str) -> None:
    """In the message the escape is shown as written."""
    with pytest.raises(InvalidSyntaxError) as caught:
        replaced("aX[.n", pattern, "x", everywhere=True)

    assert str(caught.value).startswith(f"'{pattern}' is no escape")


@pytest.mark.parametrize("pattern", ["a\\", "\\"])
def test_an_escape_at_the_end_of_a_pattern_is_refused(pattern: str) -> None:
    """The message shows the escape alone."""
    with pytest.raises(InvalidSyntaxError) as caught:
        without_suffix("a", pattern, longest=True)

    assert str(caught.value).startswith("'\\' is no escape")


@pytest.mark.parametrize("pattern", ["\\a", "a\\", "\\"])
def test_an_escape_of_an_ordinary_character_is_refused(pattern: str) -> None:
    """BuildKit knows escapes for the special characters alone."""
    with pytest.raises(InvalidSyntaxError, match="no escape"):
        without_prefix("a", pattern, longest=False)
