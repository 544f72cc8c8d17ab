"""Tests of the JSON parser that refuses ambiguous documents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.strict_json import parse_object


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_objects_are_parsed(document: dict[str, object]) -> None:
    """The parsed object equals the written one."""
    assert parse_object(json.dumps(document).encode()) == document


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'"hush"',
        b"{hush}",
        b"\xff\xfehush",
        b'{"hush":1,"hush":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"exp":NaN}',
        b'{"exp":-Infinity}',
        b"[" * 100_000,
        b'{"n":' + b"9" * 5000 + b"}",
    ],
)
def test_anything_else_is_refused_without_its_text(text: bytes) -> None:
    """Every error is a ValueError, and its message does not contain the text."""
    with pytest.raises(ValueError, match=r"not a (JSON object|valid)") as raised:
        parse_object(text)
    assert "hush" not in str(raised.value)
    assert raised.value.__cause__ is None
