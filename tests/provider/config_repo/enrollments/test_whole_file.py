"""Tests of editing a whole file."""

import pytest

from provider.config_repo.enrollments.block_lines import Unchangeable
from provider.config_repo.enrollments.whole_file import with_changed, with_new, without

BRACKETS = "# ours\n[{name: a, tag: '1'}, {name: b, tag: '2'}]  # all\n"


def test_a_list_in_brackets_stays_one() -> None:
    """Comments and quotes stay."""
    assert without(BRACKETS, 1).startswith("# ours\n[{name: a, tag: '1'}]  ")
    assert with_changed(BRACKETS, 1, {"tag": "2"}, {"tag": "edge"}).startswith(
        "# ours\n[{name: a, tag: '1'}, {name: b, tag: 'edge'}]"
    )
    assert with_new(BRACKETS, {"name": "c"}).startswith("# ours\n[{name: a, tag: '1'}, {name: b, tag: '2'}, ")


def test_an_empty_list_is_written_in_lines() -> None:
    """A list in brackets without entries becomes a list with dashes."""
    assert with_new("# none\n[]\n", {"name": "a", "tag": "x"}) == "# none\n- name: a\n  tag: x\n"


def test_an_anchor_moves_to_its_next_use() -> None:
    """Removing the entry with the anchor does not break the other entries."""
    assert without("- a: &x 1\n- b: *x\n- c: *x\n", 0) == "- b: &x 1\n- c: *x\n"


@pytest.mark.parametrize("text", ["a: 1\n", "- [\n", "- {a: 1, a: 2}\n", "- ? a: {b: 1}\n  : c\n", ""])
def test_a_text_that_cannot_be_read_is_refused(text: str) -> None:
    """Refused are a mapping, invalid YAML, a duplicate key, a key that is a mapping, and an empty text."""
    with pytest.raises(Unchangeable):
        without(text, 0)


def test_lists_stay_where_they_begin() -> None:
    """The outermost list decides the indentation, because ruamel.yaml has one setting for all lists."""
    text = "# ours\n- name: a  # 1\n  list:\n  - x\n- name: b\n"

    assert with_new(text, {"name": "c"}) == text + "- name: c\n"
