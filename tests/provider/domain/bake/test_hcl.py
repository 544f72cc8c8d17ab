"""Tests of bake files in HCL: values, limits, and what is not understood."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.domain.bake.errors import BakeError
from provider.domain.bake.expressions import UNKNOWN, Expression, Value, Variables
from provider.domain.bake.hcl import read_hcl


def value_of(written: str, **given: str) -> Value:
    """The value of an expression in HCL, with variables."""
    (block,) = read_hcl(f'target "app" {{\n  it = {written}\n}}\n')
    defaults: dict[str, Expression | None] = dict.fromkeys(given)
    return Variables(defaults, given).value(block.attributes["it"].value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"a"', "a"),
        ('""', ""),
        ("22", "22"),
        ("1.5", "1.5"),
        ("true", "true"),
        ("null", None),
        ("TAG", "1"),
        ("(TAG)", "1"),
        ('"a:${TAG}"', "a:1"),
        ('"${TAG}"', "1"),
        ('"${TAG}-${TAG}"', "1-1"),
        ('"a${ TAG }b"', "a1b"),
        (r'"a\n\t\"\\\u00e9"', 'a\n\t"\\é'),
        ('"$${TAG}"', "${TAG}"),
        ('"100%"', "100%"),
        ('["a", TAG]', ["a", "1"]),
        ("[]", []),
        ('["a",\n  "b", # last\n]', ["a", "b"]),
        ('{a = "1", "b:c" = TAG}', {"a": "1", "b:c": "1"}),
        ('{\n  a = "1"\n  b : "2"\n}', {"a": "1", "b": "2"}),
        ('{"${TAG}" = "x", (TAG) = "y"}', {"1": "y"}),
        ('{a = "1", a = "2"}', {"a": "2"}),
        ("<<EOT\nFROM a:${TAG}\nRUN x\nEOT\n", "FROM a:1\nRUN x\n"),
        ("<<-EOT\n    FROM a\n      RUN x\n  EOT\n", "FROM a\n  RUN x\n"),
        ("<<EOT\n$${TAG} ${upper(TAG)}\nEOT\n", UNKNOWN),
        ("OTHER", UNKNOWN),
        ('"a${OTHER}"', UNKNOWN),
        ('upper("a")', UNKNOWN),
        ('TAG == "1" ? "a" : "b"', UNKNOWN),
        ('TAG + "x"', UNKNOWN),
        ("-1", UNKNOWN),
        ("!true", UNKNOWN),
        ("a.b", UNKNOWN),
        ('"%{ if TAG }x%{ endif }"', UNKNOWN),
        ("[for x in [1]: x]", UNKNOWN),
        ('["a", upper("b")]', ["a", UNKNOWN]),
        ("(\n  TAG\n)", "1"),
        (r'"\U0010FFFF \U00110000 \uD800"', "\U0010ffff \ufffd \ufffd"),
        ('{in = "1", null = "2", true = "3", (TAG) = "4"}', {"in": "1", "null": "2", "true": "3", "1": "4"}),
        ('{a.b = "x"}', {}),
        ('"%{ if TAG }"', UNKNOWN),
        ('"${["a"]}"', ["a"]),
        ("<<EOT\n$${TAG} %%{TAG} 5% $5\nEOT\n", "${TAG} %{TAG} 5% $5\n"),
        ("<<EOT\n%{TAG}\nEOT\n", UNKNOWN),
        ("<<EOT\n${TAG\nEOT\n", UNKNOWN),
        ("<<EOT\n${ TAG }${TAG}\nEOT\n", "11\n"),
        ("<<-EOT\n\n  \nEOT\n", "\n  \n"),
        ("(" * 30 + "TAG" + ")" * 30, "1"),
        ("(" * 31 + "TAG" + ")" * 31, UNKNOWN),
    ],
)
def test_an_expression_has_its_value_or_is_not_understood(written: str, value: Value) -> None:
    """As HCL reads it; functions, conditions, operators and loops are not understood."""
    assert value_of(written, TAG="1") == value


def test_a_block_has_its_line_and_the_lines_of_its_attributes() -> None:
    """Comments and blank lines count."""
    (block,) = read_hcl('# one\n/* two\nthree */\ntarget app {\n\n  context = "."\n  args = {\n    A = "1"\n  }\n}\n')

    assert (block.kind, block.name, block.line) == ("target", "app", 4)
    assert {name: attribute.line for name, attribute in block.attributes.items()} == {"context": 6, "args": 7}


def test_line_ends_of_windows_are_read() -> None:
    """The same file with CRLF."""
    (block,) = read_hcl('target "app" {\r\n  context = "a"\r\n}\r\n')
    assert block.attributes["context"].line == 2


@pytest.mark.parametrize(
    ("label", "name"),
    [(' "app"', "app"), (" app", "app"), ("", ""), ("\n", ""), (' "app-${TAG}"', ""), (' "%{ if TAG }"', "")],
)
def test_a_block_is_named_by_its_label(label: str, name: str) -> None:
    """A block without a label, or with one that depends on variables, has no name."""
    (block,) = read_hcl(f"target{label} {{\n}}\n")
    assert block.name == name


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("target {", 1),
        ('target "app" {\n  a = = b\n}', 2),
        ('target "app" {\n  a = "x\n', 2),
        ("FROM node:22\n", 1),
        ("{% if x %}\n", 1),
        ("\n\n\x00", 3),
        ("a = 1\n" + "\n" * 1200, 1),
        ("\na = 1\nb = 2" + " " * 1000, 3),
    ],
)
def test_what_is_no_hcl_is_an_error_with_its_line(text: str, line: int) -> None:
    """The message has no text of the file."""
    with pytest.raises(BakeError, match=f"line {line}: ") as caught:
        read_hcl(text)
    assert len(str(caught.value)) < 80


def test_a_long_blank_is_an_error_that_says_what_to_remove() -> None:
    """It would take the reader long."""
    with pytest.raises(BakeError) as caught:
        read_hcl('target "app" {}' + " " * 1000)
    assert str(caught.value) == "line 1: here are 1000 blanks in a row; remove them"


NEST = 2_000


@pytest.mark.parametrize(
    "text",
    [
        'target "app" {\n a = ' + "[" * NEST + "]" * NEST + "\n}",
        'target "app" {\n a = ' + '"${' * NEST + '}"' * NEST + "\n}",
        "a = " + "[" * NEST + "]" * NEST,
        "a = " + "(" * NEST + "1" + ")" * NEST,
        "a = " + "1+" * NEST + "1",
        'a = "' + "${" * NEST,
        'a = "' + '${"' * NEST + '"}' * NEST + '"',
        "a = <<E\n" + ("x" + " " * 900 + "\n") * 60,
        "/*" * NEST,
        "a = 1\n" * 3_000,
        "a " + "b " * NEST + "{}",
    ],
    ids=range(11),
)
def test_a_hostile_file_ends_soon(text: str) -> None:
    """Deep, long and unfinished files are errors or not understood, and take less than the time of a request."""
    read_hcl("a = 1\n")
    start = time.process_time()
    with contextlib.suppress(BakeError):
        read_hcl(text)
    assert time.process_time() - start < 5


@settings(max_examples=200)
@given(st.text(alphabet='target"app{}=[]()${}%\n #,:<E1', max_size=60))
def test_any_text_is_read_or_is_an_error(text: str) -> None:
    """Nothing else is raised."""
    with contextlib.suppress(BakeError):
        for block in read_hcl(text):
            for attribute in block.attributes.values():
                Variables({}, {}).value(attribute.value)
