"""Tests of the groups of a user."""

import logging
from datetime import UTC, datetime

import pytest

from provider.auth.backstage_tokens import BackstageUser
from provider.auth.ownership import MOST_KEPT, Memberships, Ownership
from proxy.secrets.secret import Secret
from tests.peers.backstage_auth import USERINFO, BackstageAuth
from tests.provider.auth.visits import Clock, transport_to

JANE = "user:default/jane"
TEAM = "group:default/team-a"
BOTH = frozenset({JANE, TEAM})


def user(reference: str, token: str) -> BackstageUser:
    """A user with this token."""
    return BackstageUser(reference, Secret(token), datetime.max.replace(tzinfo=UTC))


@pytest.fixture
def memberships(backstage: BackstageAuth, clock: Clock) -> Memberships:
    """A Backstage where jane is in one group."""
    backstage.groups[JANE] = ["Group:default/Team-A"]
    return Memberships(f"{backstage.url}{USERINFO}", transport_to(backstage, clock), clock.now)


@pytest.fixture
def jane(backstage: BackstageAuth) -> BackstageUser:
    """A user with a verified token."""
    return user(JANE, backstage.user_token(JANE))


def test_groups_are_requested_once_a_minute(
    backstage: BackstageAuth, clock: Clock, memberships: Memberships, jane: BackstageUser
) -> None:
    """References are in lower case, a limited token works too, and a change is seen after a minute."""
    assert [memberships.of(jane) for _ in range(3)] == [Ownership(BOTH)] * 3
    assert len(backstage.log) == 1
    backstage.groups[JANE] = []
    assert memberships.of(jane) == Ownership(BOTH)
    clock.pass_by(seconds=60)
    assert memberships.of(jane) == Ownership(frozenset({JANE}))
    limited = user(JANE, backstage.limited_token(JANE))
    assert memberships.of(limited) == Ownership(frozenset({JANE}))


def test_while_backstage_is_down_the_last_groups_are_used(
    backstage: BackstageAuth,
    clock: Clock,
    memberships: Memberships,
    jane: BackstageUser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A warning without the token is logged, a new user has no groups, and Backstage is asked again soon."""
    memberships.of(jane)
    backstage.down()
    clock.pass_by(minutes=2)
    joe = user("user:default/joe", backstage.user_token("user:default/joe"))
    assert memberships.of(jane) == Ownership(BOTH, complete=False)
    assert memberships.of(joe) == Ownership(frozenset({joe.reference}), complete=False)
    assert "user:default/jane is treated as having the last known groups" in caplog.text
    assert "user:default/joe is treated as having no groups" in caplog.text
    assert not any(user.token.reveal() in caplog.text for user in (jane, joe))
    backstage.up()
    clock.pass_by(seconds=15)
    assert memberships.of(jane) == Ownership(BOTH)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_user_that_backstage_refuses_loses_the_groups(
    status: int, backstage: BackstageAuth, clock: Clock, memberships: Memberships, jane: BackstageUser
) -> None:
    """A refusal is an answer, so the earlier groups are not used any more."""
    memberships.of(jane)
    clock.pass_by(minutes=2)
    backstage.fail(USERINFO, status)
    assert memberships.of(jane) == Ownership(frozenset({JANE}), complete=False)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"claims":[]}',
        '{"claims":{"sub":"user:default/jane","ent":"group:default/team-a"}}',
        '{"claims":{"sub":"user:default/eve","ent":["group:default/team-a"]}}',
    ],
)
def test_an_invalid_answer_gives_no_groups(
    body: str, backstage: BackstageAuth, memberships: Memberships, jane: BackstageUser
) -> None:
    """The same is true for an answer about another user."""
    backstage.fail(USERINFO, 200, body=body)
    assert memberships.of(jane) == Ownership(frozenset({JANE}), complete=False)


def test_the_number_of_cached_answers_is_limited_and_none_has_a_token(
    backstage: BackstageAuth, memberships: Memberships, caplog: pytest.LogCaptureFixture
) -> None:
    """The oldest answers are deleted."""
    caplog.set_level(logging.ERROR)
    backstage.fail(USERINFO, 401, times=MOST_KEPT + 10)
    for number in range(MOST_KEPT + 10):
        memberships.of(user(JANE, f"token-{number}"))
    assert len(memberships._known) == MOST_KEPT
    assert not any(b"token" in name for name in memberships._known)
