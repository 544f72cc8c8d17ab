"""Tests of what the groups of a person permit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.grammar import is_reference
from provider.auth.callers import Caller, CallerRole
from provider.auth.sign_in.group_rules import GroupRules

RULES = GroupRules(
    {"oncall": CallerRole.EMERGENCY, "platform": CallerRole.ADMIN, "*": CallerRole.READ},
    {"Team A": "Group:default/Team-A", "*": "group:default/*"},
)


@pytest.mark.parametrize(
    ("groups", "role"),
    [({"platform", "oncall"}, "emergency"), ({"platform"}, "admin"), ({"Platform"}, "read"), (set(), "read")],
)
def test_the_first_role_in_order_counts(groups: set[str], role: str) -> None:
    """Groups are compared as they are written; `*` is everybody."""
    caller = RULES.caller("zoe", groups)
    assert caller is not None
    assert caller.role == role


def test_nobody_has_a_role_without_a_rule() -> None:
    """A group that is called `*` is none of the rules' wildcards."""
    assert GroupRules({"a": CallerRole.READ}).caller("zoe", {"b"}) is None
    assert GroupRules().caller("zoe", {"*"}) is None


def test_groups_are_owners_by_name_or_by_rule() -> None:
    """In lower case, as references are compared; a path of Keycloak loses its slashes, and what is no name is none."""
    groups = {"Team A", "Team-B", "/team-c", "/a/b", "with space", "*", ""}
    assert RULES.caller("zoe", groups) == Caller(
        "zoe",
        CallerRole.READ,
        frozenset({"group:default/team-a", "group:default/team-b", "group:default/team-c"}),
    )


@given(st.frozensets(st.text(max_size=80), max_size=5))
def test_every_owner_is_a_group_of_backstage(groups: frozenset[str]) -> None:
    """No name of a group makes a person own something else, such as a user."""
    caller = RULES.caller("zoe", groups)
    assert caller is not None
    for reference in caller.ownership or ():
        assert is_reference(reference, with_kind=True)
        assert reference.startswith("group:default/")
