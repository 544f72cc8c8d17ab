"""Tests of the permission rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.callers import Caller, CallerRole
from provider.auth.permissions import Action, may

OWNER = "group:default/team-a"
ADMINS = ("group:default/platform",)
JANE = "user:default/jane"
REFERENCES = st.sampled_from([OWNER, *ADMINS, JANE, "group:default/others", "group:other/team-a"])


def jane(*groups: str) -> Caller:
    """A user in these groups."""
    return Caller(JANE, CallerRole.READ, frozenset({JANE, *groups}))


@pytest.mark.parametrize(
    ("caller", "owner", "allowed"),
    [
        (Caller("ci", CallerRole.READ), OWNER, {Action.READ}),
        (Caller("ci", CallerRole.REBUILD), OWNER, {Action.READ, Action.REBUILD}),
        (Caller("scanner", CallerRole.EMERGENCY), OWNER, {Action.READ, Action.EMERGENCY}),
        (Caller("ci", CallerRole.ADMIN), OWNER, set(Action)),
        (Caller("ci", CallerRole.ADMIN), None, set(Action)),
        (Caller(OWNER, CallerRole.READ), OWNER, {Action.READ}),
        (jane(), OWNER, {Action.READ}),
        (jane(), None, {Action.READ}),
        (jane(), "", {Action.READ}),
        (jane(OWNER), OWNER, set(Action)),
        (jane(OWNER), None, {Action.READ}),
        (jane("Group:Default/Team-A"), "group:default/TEAM-a", set(Action)),
        (jane("group:other/team-a"), OWNER, {Action.READ}),
        (jane(), "user:default/Jane", set(Action)),
        (jane("group:default/Platform"), OWNER, set(Action)),
        (jane(*ADMINS), None, set(Action)),
    ],
)
def test_the_rule(caller: Caller, owner: str | None, allowed: set[Action]) -> None:
    """Service tokens are decided by role; users own an image directly or by a group, or are admins."""
    assert {action for action in Action if may(caller, action, owner, ADMINS)} == allowed


@given(
    st.sampled_from(CallerRole),
    st.none() | st.frozensets(REFERENCES),
    st.none() | REFERENCES,
    st.frozensets(REFERENCES),
)
def test_a_higher_permission_includes_the_lower_ones(
    role: CallerRole, ownership: frozenset[str] | None, owner: str | None, admins: frozenset[str]
) -> None:
    """Everyone may read, and who may change may rebuild, in an emergency too; a service token has its role only."""
    caller = Caller("anybody", role, ownership)
    read, rebuild, emergency, change = (may(caller, action, owner, admins) for action in Action)
    assert read >= max(rebuild, emergency)
    assert min(rebuild, emergency) >= change
    if change and role is not CallerRole.ADMIN:
        assert ownership is not None
        assert ownership & (admins | {owner})
