"""Entities as YAML."""

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


def test_entities_survive_the_way() -> None:
    """A reader gets back what was written, keys in their order."""
    entities = [entity(managed()), entity(base())]

    found = list(yaml.safe_load_all(document(map(fragment, entities))))

    assert found == entities
    assert list(found[0]) == ["apiVersion", "kind", "metadata", "spec"]


@given(st.lists(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=3), max_size=4), max_size=3))
def test_every_text_stays_what_it_is(entities: list[dict[str, Any]]) -> None:
    """Document markers, tabs, odd line breaks, numbers: text comes back as the same text."""
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
def test_what_one_version_of_yaml_misreads_is_quoted(text: str) -> None:
    """PyYAML alone would write 1e3 and y plainly, which YAML 1.2 and old parsers read as something else."""
    assert re.fullmatch(r"""'?"?a"?'?: ('[^\n]*'|"[^\n]*")\n""", fragment({"a": text}))
    assert yaml.safe_load(fragment({"a": text})) == {"a": text}


def test_what_is_repeated_is_written_again() -> None:
    """No anchors and aliases; long text stays on its line; letters stay readable."""
    shared = ["größe " + "word " * 60 + "end"]

    assert fragment({"a": shared, "b": shared}) == f"a:\n- {shared[0]}\nb:\n- {shared[0]}\n"


def test_an_empty_catalog_is_a_document_without_entities() -> None:
    """A comment: readable for a person, nothing for a parser."""
    assert document([]).startswith("#")
    assert list(yaml.safe_load_all(document([]))) in ([], [None])


def test_the_tag_follows_the_text() -> None:
    """Equal documents have equal tags, others have others; its form is that of a strong ETag."""
    fragments = [fragment(entity(managed())), fragment(entity(base()))]

    assert re.fullmatch(r'"[0-9a-f]{64}"', tag(fragments))
    assert tag(iter(fragments)) == tag(fragments)
    assert len({tag(fragments), tag(fragments[::-1]), tag(fragments[:1]), tag([])}) == 4
