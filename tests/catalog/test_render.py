"""Tests of entities as YAML."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.entity import entity
from catalog.render import document, fragment, tag
from tests.catalog.sample_images import base, managed

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.from_regex(r"[-+]?[0-9.eE_:xo]{1,8}", fullmatch=True)


def test_entities_can_be_written_and_parsed() -> None:
    """A parser returns the same entities with the keys in order."""
    entities = [entity(managed()), entity(base())]

    found = list(yaml.safe_load_all(document(map(fragment, entities))))

    assert found == entities
    assert list(found[0]) == ["apiVersion", "kind", "metadata", "spec"]


@given(st.lists(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=3), max_size=4), max_size=3))
def test_every_text_is_parsed_as_the_same_text(entities: list[dict[str, Any]]) -> None:
    """Document markers, tabs, unusual line breaks and numbers are parsed as the same text."""
    assert list(yaml.safe_load_all(document(map(fragment, entities)))) == entities


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "0o17",
        "0x1F",
        "1.20",
        ".5",
        "-1",
        ".inf",
        "-.INF",
        ".NaN",
        "1_000",
        "12:30",
        "2026-05-04",
        "y",
        "N",
        "on",
        "No",
        "~",
        "null",
        "True",
        "",
        "=",
        "<<",
        "5.",
        "+.1E9",
        "\u2028",
        "a\u0085b",
        "---\n- a",
    ],
)
def test_texts_that_some_yaml_parsers_misread_are_quoted(text: str) -> None:
    """PyYAML would write 1e3 and y without quotes, and other parsers read them as a number or a boolean."""
    assert re.fullmatch(r"""'?"?a"?'?: ('[^\n]*'|"[^\n]*")\n""", fragment({"a": text}))
    assert yaml.safe_load(fragment({"a": text})) == {"a": text}


def test_repeated_values_are_written_in_full() -> None:
    """There are no anchors and aliases, long texts are not wrapped, and Unicode is not escaped."""
    shared = ["größe " + "word " * 60 + "end"]

    assert fragment({"a": shared, "b": shared}) == f"a:\n- {shared[0]}\nb:\n- {shared[0]}\n"


def test_an_empty_catalog_is_a_document_without_entities() -> None:
    """It contains only a comment for people."""
    assert document([]).startswith("#")
    assert list(yaml.safe_load_all(document([]))) in ([], [None])


def test_the_etag_depends_on_the_text() -> None:
    """Equal documents have equal ETags and different ones do not; the format is a strong ETag."""
    fragments = [fragment(entity(managed())), fragment(entity(base()))]

    assert re.fullmatch(r'"[0-9a-f]{64}"', tag(fragments))
    assert tag(iter(fragments)) == tag(fragments)
    assert len({tag(fragments), tag(fragments[::-1]), tag(fragments[:1]), tag([])}) == 4


def test_keys_are_written_in_the_order_of_the_entity() -> None:
    """They are not sorted, at any depth, and lists are written one item a line."""
    assert (
        fragment({"b": {"d": ["one", "two"], "c": "three"}, "a": "four"})
        == "b:\n  d:\n  - one\n  - two\n  c: three\na: four\n"
    )
