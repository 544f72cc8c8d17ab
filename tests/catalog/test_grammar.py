"""Tests of Backstage's grammar, with cases from its own validation."""

from collections.abc import Callable

import pytest

from catalog.grammar import is_key, is_label_value, is_namespace, is_object_name, is_reference, is_tag


@pytest.mark.parametrize(
    ("is_right", "right", "wrong"),
    [
        (is_object_name, ["a", "A.b_c--d", "a" * 63], ["", "-a", "a.", "a" * 64, "a b", "ä", "a\n", None, 7]),
        (is_namespace, ["default", "a-1", "a--b"], ["A", "a--", "-a", "a.b", "", "a" * 64]),
        (is_tag, ["registry:ghcr-io", "c++", "c#", "a" * 63], ["A", "a--b", "a-", "a.b", "", "a" * 64]),
        (is_label_value, ["", "ghcr.io"], ["localhost:5000", "-", None]),
        (is_key, ["a", "image-factory.io/last-built"], ["/a", "a/", "a/b/c", "A.io/b", f"{'a.' * 127}io/b", 7]),
        (
            is_reference,
            ["a", "group:a", "b/a", "group:Default/A.b", "group:b--c/a"],
            ["", "a:b:c", "a/b/c", "group:", "1x:a", "a b", None],
        ),
    ],
)
def test_the_grammar(is_right: Callable[[object], bool], right: list[object], wrong: list[object]) -> None:
    """A text is valid here exactly if Backstage accepts it."""
    assert [text for text in right if not is_right(text)] == []
    assert [text for text in wrong if is_right(text)] == []


def test_a_dependency_needs_a_kind() -> None:
    """A reference without a kind is refused if there is no default kind."""
    assert is_reference("resource:a", with_kind=True)
    assert not is_reference("default/a", with_kind=True)


@pytest.mark.parametrize(
    ("is_right", "right", "wrong"),
    [
        (
            is_key,
            ["a" * 63, f"{'a.' * 126}a/b", f"{'a' * 63}.b/c", "a--b.c/d"],
            ["a" * 64, f"{'a.' * 126}aa/b", f"{'a' * 64}/b"],
        ),
        (is_key, ["a/b"], ["a..b/c", ".a/b", "a_b/c", ""]),
        (
            is_reference,
            ["k:a", f"{'k' * 63}:a", "k:n/a"],
            [f"{'k' * 64}:a", "k-k:a", "a_b/c", ".a", "k:/a", "/a", "k:a.", 7],
        ),
    ],
)
def test_the_limits_of_keys_and_references(
    is_right: Callable[[object], bool], right: list[object], wrong: list[object]
) -> None:
    """A domain has at most 253 characters; each part of a key or a reference has its own rule."""
    assert [text for text in right if not is_right(text)] == []
    assert [text for text in wrong if is_right(text)] == []


def test_a_reference_with_a_kind_is_checked_in_full() -> None:
    """The kind alone does not make a reference valid."""
    assert is_reference("resource:default/a", with_kind=True)
    assert not is_reference("resource:a b", with_kind=True)
    assert not is_reference(None, with_kind=True)
