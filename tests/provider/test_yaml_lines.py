"""Tests of reading YAML with lines."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.yaml_lines import LARGEST, UnreadableYaml, read_texts, read_yaml

BILLION_LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 9)
)


def test_every_node_has_its_line() -> None:
    """An entry of a mapping has the line of its key, an item of a list the line where it begins."""
    document = read_yaml("# top\n- name: a\n  source:\n\n    repo: x\n- [1,\n  2]\n")

    assert document.value == [{"name": "a", "source": {"repo": "x"}}, [1, 2]]
    assert document.lines == {
        (): 2,
        (0,): 2,
        (0, "name"): 2,
        (0, "source"): 3,
        (0, "source", "repo"): 5,
        (1,): 6,
        (1, 0): 6,
        (1, 1): 7,
    }


def test_a_missing_value_has_the_line_of_its_parent() -> None:
    """A missing key has the line where its mapping begins."""
    document = read_yaml("- a: 1\n- b: 2\n")

    assert document.line_of((1, "missing", "deeper")) == 2
    assert read_yaml("").line_of((3,)) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, text) for text in ("yes", "no", "on", "off", "y", "2024-01-01", "12:30", "1_000", "0b1", "=", "<<")),
        ("~", None),
        ("", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("12", 12),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("-1", -1),
        ("1.5", 1.5),
        (".5e1", 5.0),
        ("-.inf", float("-inf")),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
    ],
)
def test_values_follow_the_core_schema(text: str, value: object) -> None:
    """Words and dates stay text; only the words of YAML 1.2 are booleans or null."""
    assert read_yaml(f"- {text}\n").value == [value]


def test_a_duplicate_key_is_a_fault_of_its_mapping() -> None:
    """The first stays, the fault has the second's line, and the rest is read."""
    document = read_yaml("- a: 1\n  b: 2\n  a: 3\n- c\n")

    assert document.value == [{"a": 1, "b": 2}, "c"]
    assert [(fault.path, fault.line, fault.message) for fault in document.faults] == [
        ((0,), 3, "'a' is written twice; keep one")
    ]


@pytest.mark.parametrize(
    "item",
    [
        "!!python/object/apply:os.system [ls]",
        "!!binary aGk=",
        "!!timestamp 2024-01-01",
        "!x {a: 1}",
        "!!set {a}",
        "!!int x",
    ],
)
def test_another_tag_is_a_fault(item: str) -> None:
    """Only the tags of YAML's core are accepted, and the rest is read."""
    document = read_yaml(f"- ok\n- {item}\n")

    assert document.value == ["ok", None]
    assert [(fault.path, fault.line) for fault in document.faults] == [((1,), 2)]


@pytest.mark.parametrize("key", ["1", "true", "~", "[a]", "{a: 1}"])
def test_a_key_that_is_not_text_is_a_fault(key: str) -> None:
    """The entry is left out, and the message says to put the key in quotes."""
    document = read_yaml(f"? {key}\n: 1\n")

    assert document.value == {}
    assert "put it in quotes" in document.faults[0].message


def test_a_number_with_very_many_digits_is_a_fault() -> None:
    """Python refuses to read it; the fault has the line."""
    assert read_yaml(f"- {'9' * 5000}\n").faults[0].line == 1


def test_an_alias_stands_for_its_anchor() -> None:
    """Anchors and aliases may be used."""
    assert read_yaml("a: &x [1]\nb: *x\n").value == {"a": [1], "b": [1]}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- a\n- b: c: d\n", 2, "not YAML"),
        ("- a\n- [", 3, "not YAML"),
        ("- a\n---\n- b\n", 2, "not YAML"),
        ('- a\n- b: "c\n- d\n', 2, "the quote that opens here is not closed"),
        ("- a\n- b: 'c\n- d\n- e\n", 2, "the quote that opens here is not closed"),
        ('- a\n- b: "c\n---\n', 2, "the quote that opens here is not closed"),
        ('- a\n- b: "c\n  \\q"\n', 3, "unknown escape character"),
        ("- a\n- *nobody\n", 2, "undefined alias"),
        ("- a\n- \x07\n", 2, "U\\+0007"),
        ("- a\n- \ud800\n", 2, "U\\+D800"),
        ("- a\n- \x00\n", 2, "U\\+0000"),
        ("- " + "x" * LARGEST, 1, "1 MiB"),
        ("- a\n- " + "[" * 33, 2, "deeper than 32"),
        ("[" * 100_000, 1, "deeper than 32"),
        ("- " * 100_000, 1, "deeper than 32"),
        ("- a\n- &x [*x]\n", 2, "aliases"),
        (BILLION_LAUGHS, 6, "aliases"),
        ("- a\n" * 250_000, 200_000, "too many values"),
        ("[" + "a," * 400_000 + "]", 1, "too many values"),
        ("- " * 60_000, 1, "deeper than 32"),
        ("? " * 60_000, 1, "deeper than 32"),
    ],
)
def test_a_text_that_cannot_be_read_says_why_and_where(text: str, line: int, words: str) -> None:
    """The line is that of the cause, and no text makes the reader hang, overflow or fill the memory."""
    with pytest.raises(UnreadableYaml, match=words) as unreadable:
        read_yaml(text)

    assert unreadable.value.line == line
    assert str(unreadable.value).isprintable()


def test_block_style_is_recognised() -> None:
    """The document says whether its outermost collection is written in lines."""
    assert read_yaml("- a\n").is_block
    assert not read_yaml("[a]\n").is_block
    assert not read_yaml("a\n").is_block


@given(st.text() | st.text(alphabet="-:#[]{}&*!|>'\"%@ \n\tab1?,"))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises another error, and lines are counted from 1."""
    with contextlib.suppress(UnreadableYaml):
        document = read_yaml(text)
        assert all(line >= 1 for line in document.lines.values())


def test_texts_are_read_without_types() -> None:
    """What looks like a number, a date or a tag of another language stays as it is written."""
    text = "a: 1.10\nb: [yes, null, 2026-01-01, !!python/object:x y]\nc: &c {d: !!float ''}\ne: *c\n"
    expected = {"a": "1.10", "b": ["yes", "null", "2026-01-01", "y"], "c": {"d": ""}, "e": {"d": ""}}
    assert read_texts(text, LARGEST) == expected


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "- " * 60_000, "a: " + "{a: " * 60_000, BILLION_LAUGHS, "a: &a [*a]", "x" * (LARGEST + 1)]
)
def test_texts_have_limits_too(text: str) -> None:
    """No text overflows the stack or fills the memory."""
    with pytest.raises(UnreadableYaml):
        read_texts(text, LARGEST)


@pytest.mark.parametrize("text", ["a: 1\nb: \udcff", "a:\n\ud800", "\n'\udfff'", "a\n\udc80: b"])
def test_texts_that_are_not_utf_8_are_refused_with_their_line(text: str) -> None:
    """Git's texts have surrogates for such bytes."""
    with pytest.raises(UnreadableYaml, match="this is not UTF-8") as refused:
        read_texts(text, LARGEST)
    assert refused.value.line == 2


@given(st.text(st.characters()) | st.text(alphabet="-:#[]{}&*!|>'\"%@ \n\tab1?,"))
def test_any_texts_are_read_or_refused(text: str) -> None:
    """No text raises another error."""
    with contextlib.suppress(UnreadableYaml):
        read_texts(text, LARGEST)
