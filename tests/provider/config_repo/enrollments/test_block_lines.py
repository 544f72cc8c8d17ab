"""Tests of the lines that belong to each item."""

import pytest

from provider.config_repo.enrollments.block_lines import Unchangeable, entry_blocks, key_block, line_end, lines_of
from provider.yaml_lines import read_yaml

TEXT = """\
# head

- name: a
  text: |
    one

    # two
  # of a

# of b
-
  # also of b
  name: b
  list:
  - x
  last: y
# tail
"""


def blocks_of(text: str) -> list[tuple[int, int, int]]:
    """Start, end and column of each entry's block."""
    return [(block.start, block.end, block.column) for block in entry_blocks(lines_of(text), read_yaml(text))]


def test_an_entry_ends_where_its_own_lines_end() -> None:
    """Blank lines and comments that are not deeper than the dash belong to no entry; deeper comments do."""
    assert blocks_of(TEXT) == [(2, 8, 0), (10, 16, 0)]


def test_the_mark_that_ends_a_document_belongs_to_no_entry() -> None:
    """The lines below the mark belong to no entry either."""
    assert blocks_of("---\n- a: 1\n...\n# end\n") == [(1, 2, 0)]


def test_entries_may_be_indented() -> None:
    """The column is that of the dash."""
    assert blocks_of("  - a: 1\n    b: 2\n  - c\n") == [(0, 2, 2), (2, 3, 2)]


@pytest.mark.parametrize("text", ["[a, b]\n", "a: 1\n", "- a\u2028- b\n", "- a\r- b\r", "- a\n- b\x85"])
def test_entries_without_separate_lines_are_refused(text: str) -> None:
    """Brackets, mappings and unusual line breaks are not divided into blocks."""
    with pytest.raises(Unchangeable):
        blocks_of(text)


def test_a_key_has_its_lines() -> None:
    """A list may begin at the column of its key, and a comment below stays outside."""
    text = "a: 1\nb:\n- x\n# of c\nc:\n  d: 2\n"
    document = read_yaml(text)
    block = key_block(lines_of(text), document, ("b",))

    assert (block.start, block.end) == (1, 3)
    assert key_block(lines_of(text), document, ("c", "d")).start == 5


def test_keys_on_one_line_are_refused() -> None:
    """A mapping in brackets is not divided into blocks."""
    with pytest.raises(Unchangeable):
        key_block(["{a: 1, b: 2}\n"], read_yaml("{a: 1, b: 2}\n"), ("a",))


def test_lines_keep_their_ends() -> None:
    """Joined again, the lines are the text."""
    assert lines_of("a\r\n\r\nb") == ["a\r\n", "\r\n", "b"]
    assert (line_end("a\r\nb"), line_end("a\nb"), line_end("")) == ("\r\n", "\n", "\n")
