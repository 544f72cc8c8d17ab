"""The fast reader of state files: what it reads is what the reader of all YAML reads, and it leaves the rest alone."""

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provider.config_repo.state.documents import MOST_BYTES, base_text, image_text
from provider.config_repo.state.plain_form import read_plain_form
from provider.domain.state import BaseState, ImageState
from provider.yaml_lines import read_texts
from tests.provider.config_repo.states import BASES, IMAGES
from tests.provider.domain.samples import NODE, base, dependency, image, ledger

TEXT = image_text(image("portal", dependency()))
LISTS = "lists:\n- one\n- name: two\n  more:\n  - three\n  map:\n    a/b: 'it''s'\nlast: end\n"
FOLDED = "reason: a text that\n  goes on\nother: 'one that\n  is quoted: yes'\n"
SAMPLES = (TEXT, LISTS, FOLDED)
PIECES = st.sampled_from(
    [*" \n\t:#'\"-[]{}&*!|>%@`?é\x85\u2028", "  ", ": ", " #", "\n  ", "- ", "\n\n", "---\n", "''", "key: value\n"]
)


@settings(max_examples=60)
@given(IMAGES)
def test_it_reads_what_the_service_writes_of_an_image(state: ImageState) -> None:
    """Where a text needs escapes the other reader is used; both give the same."""
    text = image_text(state)

    assert read_plain_form(text) in (None, read_texts(text, MOST_BYTES))


@settings(max_examples=60)
@given(BASES)
def test_it_reads_what_the_service_writes_of_a_base(state: BaseState) -> None:
    """As of an image."""
    text = base_text(state, ("portal",))

    assert read_plain_form(text) in (None, read_texts(text, MOST_BYTES))


@settings(max_examples=400)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 3), PIECES), max_size=4))
@example(FOLDED, [(37, 0, " ")])
@example(FOLDED, [(18, 0, " ")])
def test_it_reads_no_edit_otherwise_than_yaml(text: str, edits: list[tuple[int, int, str]]) -> None:
    """Whatever a person puts into a file or takes out: it is read as YAML, or left to the reader of YAML."""
    for place, removed, put in edits:
        at = place % (len(text) + 1)
        text = text[:at] + put + text[at + removed :]
    found = read_plain_form(text)

    assert found is None or found == read_texts(text, MOST_BYTES)


def test_usual_files_are_read_fast() -> None:
    """The reader of all YAML is for exceptions: it takes some times as long."""
    usual = base_text(base("node-22", NODE, ledger(("a", timedelta(0)), ("b", timedelta(1)))), ("portal", "tools"))
    for text in (*SAMPLES, usual):
        assert read_plain_form(text) == read_texts(text, MOST_BYTES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "a: 1\r\n",
        "a:\n",
        "a: 'b\n",
        "a: \n  'b'\n",
        "a: b: c\n",
        "a: b #c\n",
        "a: [b]\n",
        "a: |\n  b\n",
        'a: "b"\n',
        "a: &b c\n",
        "a: b\n   c: d\n",
        "a: 'b'\n  c\n",
        "a: 'b \n  c'\n",
        "a: b\n\nc: d\n",
        "- a\n  - b\n",
        "- - a\n",
        "a: b\n- c\n",
        "# a\nb: c\n",
        "\ufeffa: b\n",
        f"{'a' * 101}: b\n",
        f"a: {'b' * 300_000}\n",
        "".join(f"{' ' * depth}a:\n" for depth in range(40)) + f"{' ' * 40}a: b\n",
    ],
)
def test_it_leaves_every_other_form_alone(text: str) -> None:
    """Also what is no YAML, so that a person is told about it as before."""
    assert read_plain_form(text) is None
