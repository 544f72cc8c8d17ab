"""Tests of reading a person from claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.sign_in.claims import MOST_GROUPS, groups_of, name_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("groups", {"a", "b"}),
        ("realm_access.roles", {"c"}),
        ("https://acme.example/groups", {"d"}),
        ("hd", {"acme.example"}),
        ("missing", None),
        ("groups.a", None),
        ("realm_access.missing.roles", None),
        ("number", set()),
    ],
)
def test_groups_are_found_where_the_setting_says(name: str, groups: set[str] | None) -> None:
    """A name with dots is first the whole name, then a path."""
    claims = {
        "groups": ["a", "b", 7, "", "x" * 201],
        "realm_access": {"roles": ["c"]},
        "https://acme.example/groups": ["d"],
        "hd": "acme.example",
        "number": 7,
    }
    assert groups_of(claims, name) == groups


def test_more_groups_than_anybody_has_are_left_out() -> None:
    """A session keeps them."""
    assert len(groups_of({"groups": [str(number) for number in range(5_000)]}, "groups") or ()) == MOST_GROUPS


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "zoe", "email": "z@acme.example", "sub": "1"}, "zoe"),
        ({"email": "z@acme.example", "sub": "1"}, "z@acme.example"),
        ({"email": "z@acme.example", "email_verified": False, "sub": "1"}, "1"),
        ({"preferred_username": "\n \u202e", "sub": "1"}, "1"),
        ({"preferred_username": 7, "sub": "x" * 500}, "x" * 100),
    ],
)
def test_the_name_is_the_first_that_can_be_shown(claims: dict[str, object], name: str) -> None:
    """A mail address that nobody has verified may be anybody's."""
    assert name_of(claims) == name


@given(
    st.dictionaries(st.sampled_from(["groups", "a", "sub", "email", "preferred_username"]), JSON), st.text(max_size=9)
)
def test_any_claims_can_be_read(claims: dict[str, object], name: str) -> None:
    """The groups are texts, and the name is in one line."""
    assert all(isinstance(group, str) for group in groups_of(claims, name) or ())
    assert name_of(claims).isprintable()
