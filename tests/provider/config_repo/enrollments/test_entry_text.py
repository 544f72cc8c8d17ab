"""One entry as text."""

import pytest
import yaml
from hypothesis import given

from provider.config_repo.enrollments.block_lines import Unchangeable
from provider.config_repo.enrollments.entry_text import changed, written
from provider.domain.enrollment import Document, Enrollment
from provider.yaml_lines import read_yaml
from tests.provider.config_repo.entries import enrollments

ENTRY = """\
name: a   # the name
# where
registry: "ghcr.io"
source:
    provider: github
    branch: main   # b

    # what
    repo: acme/a
# how long
rebuildDelay: 7d  # a week
platforms:
  - linux/amd64  # p
"""
BEFORE: Document = {
    "name": "a",
    "registry": "ghcr.io",
    "source": {"provider": "github", "branch": "main", "repo": "acme/a"},
    "rebuildDelay": "7d",
    "platforms": ["linux/amd64"],
}


def test_an_entry_without_changes_stays_the_same() -> None:
    """All bytes of the text are the same."""
    assert changed(ENTRY, BEFORE, BEFORE) == ENTRY


def test_a_changed_value_keeps_everything_around_it() -> None:
    """Comments, blank lines, quotes and indentation stay."""
    assert changed(ENTRY, BEFORE, {**BEFORE, "rebuildDelay": "9d"}) == ENTRY.replace("7d", "9d")


def test_a_removed_key_leaves_the_comments_below_it() -> None:
    """The comments are about the lines after them."""
    after = {key: value for key, value in BEFORE.items() if key != "registry"}
    after["source"] = {"provider": "github", "repo": "acme/a"}

    assert changed(ENTRY, BEFORE, after) == ENTRY.replace('registry: "ghcr.io"\n', "").replace(
        "    branch: main   # b\n", ""
    )


def test_a_new_key_comes_last() -> None:
    """The other keys stay in their places."""
    assert changed(ENTRY, BEFORE, {**BEFORE, "tag": "1.10"}) == ENTRY + 'tag: "1.10"\n'


def test_a_key_of_a_mapping_in_brackets_is_changed_there() -> None:
    """The brackets stay."""
    before: Document = {"name": "a", "source": {"repo": "acme/a", "branch": "main"}}

    assert changed(
        "{name: a, source: {repo: acme/a, branch: main}}\n", before, {"name": "b", "source": {"repo": "acme/a"}}
    ) == ("{name: b, source: {repo: acme/a}}\n")


@pytest.mark.parametrize("entry", ["*other\n", "name: *other\n", "[a]\n"])
def test_an_entry_that_needs_the_rest_of_the_file_is_refused(entry: str) -> None:
    """An alias has no meaning without its anchor."""
    with pytest.raises(Unchangeable):
        changed(entry, {"name": "a"}, {"name": "b"})


@given(enrollments)
def test_a_written_entry_has_the_same_meaning_for_every_reader(enrollment: Enrollment) -> None:
    """In YAML 1.2 and in YAML 1.1 no text is read as a number, a date or a boolean."""
    text = written(enrollment.to_document())

    assert read_yaml(text).value == enrollment.to_document()
    assert yaml.safe_load(text) == enrollment.to_document()
