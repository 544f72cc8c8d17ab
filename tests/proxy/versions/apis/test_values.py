"""Values of JSON documents from outside."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.versions.apis.values import (
    digest_of,
    document_of,
    inside,
    natural_of,
    object_of,
    objects_in,
    objects_of,
    text_of,
    time_of,
)

AT = datetime(2022, 6, 17, 1, 2, 3, tzinfo=UTC)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "value",
    [
        1655427723,
        "Fri, 17 Jun 2022 01:02:03 -0000",
        "Fri, 17 Jun 2022 01:02:03 +0000",
        "2022-06-17T01:02:03Z",
        "2022-06-17T03:02:03+02:00",
        "2022-06-17T01:02:03.000Z",
    ],
)
def test_times_are_read_in_every_form(value: object) -> None:
    """In UTC."""
    assert time_of(value) == AT


@pytest.mark.parametrize(
    "value",
    [None, 0, -1, True, 10**30, 1.5, "", "yesterday", "2022-06-17T01:02:03", "0001-01-01T00:00:00Z", "x, 1", [], {}],
)
def test_what_is_no_time_is_none(value: object) -> None:
    """Go writes the year 1 for "never"."""
    assert time_of(value) is None


@given(ANY)
def test_any_value_is_read_or_left_out(value: object) -> None:
    """No value raises anything but Garbage."""
    for read in (time_of, digest_of, natural_of, text_of):
        read(value)
    assert list(objects_in(value)) == (
        [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    )
    assert inside(value, "a", "b") is None or isinstance(value, dict)
    for strict in (object_of, objects_of):
        with contextlib.suppress(Garbage):
            strict(value, "app")


@pytest.mark.parametrize("body", [b"", b"<p>", b"[" * 100_000, b"\xff", b"{'a'}"])
def test_what_is_no_json_is_garbage(body: bytes) -> None:
    """The message names the list."""
    with pytest.raises(Garbage, match=r"registry\.example\.com/app"):
        document_of(body, "registry.example.com/app")


@pytest.mark.parametrize(("value", "text"), [("a", "a"), ("", None), ("a\n", None), ("a" * 600, None), (1, None)])
def test_texts_are_short_and_printable(value: object, text: str | None) -> None:
    """Anything else is left out."""
    assert text_of(value) == text
