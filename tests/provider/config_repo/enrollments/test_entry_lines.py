"""Tests of edits that change the lines of one entry."""

import pytest

from provider.config_repo.enrollments.block_lines import Unchangeable
from provider.config_repo.enrollments.entry_lines import EntryLines

APART = "# head\n\n- name: a\n\n# of b\n- name: b\n  tag: x\n\n- name: c\n"


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (0, "# head\n\n# of b\n- name: b\n  tag: x\n\n- name: c\n"),
        (1, "# head\n\n- name: a\n\n# of b\n\n- name: c\n"),
        (2, "# head\n\n- name: a\n\n# of b\n- name: b\n  tag: x\n"),
    ],
)
def test_one_blank_line_is_removed_with_an_entry(index: int, text: str) -> None:
    """The other entries are separated as before, and comments stay."""
    assert EntryLines.of(APART).without(index) == text


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("", "- name: n\n"),
        ("# none\n", "# none\n- name: n\n"),
        ("- name: a\n- name: b\n", "- name: a\n- name: b\n- name: n\n"),
        (APART, APART + "\n- name: n\n"),
        (APART + "\n\n", APART + "\n\n- name: n\n"),
        ("- name: a", "- name: a\n- name: n\n"),
        ("  -   name: a\n", "  -   name: a\n  -   name: n\n"),
        ("-\n   name: a\n", "-\n   name: a\n-  name: n\n"),
        ("- name: a\r\n", "- name: a\r\n- name: n\r\n"),
        ("- name: a\n# end\n...\n", "- name: a\n# end\n- name: n\n...\n"),
    ],
)
def test_a_new_entry_is_written_like_the_others(text: str, added: str) -> None:
    """Indentation, line ends and blank lines between entries are those of the file."""
    assert EntryLines.of(text).with_new({"name": "n"}) == added


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (APART, APART.replace("tag: x", "tag: z")),
        ("- n\n-   tag: x  # c\n    # d\n    b: 1\n- n", "- n\n-   tag: z  # c\n    # d\n    b: 1\n- n"),
        ("- n\r\n- tag: x\r\n\r\n  b: |\r\n    1\r\n- n\r\n", "- n\r\n- tag: z\r\n\r\n  b: |\r\n    1\r\n- n\r\n"),
        ("- n\n- tag: x", "- n\n- tag: z"),
        ("- n\n- # c\n  tag: x\n", "- n\n- # c\n  tag: z\n"),
    ],
)
def test_a_changed_entry_leaves_all_other_lines(text: str, changed: str) -> None:
    """The lines above and below have the same bytes."""
    assert EntryLines.of(text).with_changed(1, {"tag": "x"}, {"tag": "z"}) == changed


@pytest.mark.parametrize("text", ["[a, b]\n", "a: 1\n", "- [\n"])
def test_a_file_whose_entries_share_lines_is_refused(text: str) -> None:
    """Such a file has to be changed as a whole."""
    with pytest.raises(Unchangeable):
        EntryLines.of(text)
