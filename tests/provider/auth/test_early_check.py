"""Tests of the early check for cached responses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.access import Access
from provider.auth.callers import CallerRole, parse_tokens
from provider.auth.early_check import may_read_early
from tests.provider.auth.visits import visitor

TOKENS = Access(parse_tokens("ci:read:good,ops:admin:better"))
NOBODY = Access()


def may(access: Access, own: str | None = None, authorization: str | None = None) -> bool:
    """Asked with these headers."""
    return may_read_early(access, token_header=own, authorization=authorization)


@pytest.mark.parametrize("token", ["good", "better"])
def test_a_service_token_reads_from_anywhere(token: str) -> None:
    """In either header."""
    assert may(TOKENS, token)
    assert may(TOKENS, None, f"Bearer {token}")


@pytest.mark.parametrize(
    ("own", "authorization"),
    [
        (None, None),
        ("", None),
        ("bad", None),
        ("good,better", None),
        ("bad", "Bearer good"),
        ("good", "Bearer bad"),
        ("good", "Bearer eyJhbGciOiJFUzI1NiJ9.e30.AA"),
        (None, "good"),
        (None, "Basic good"),
        (None, "Bearer"),
    ],
)
def test_everybody_else_is_left_to_the_guard(own: str | None, authorization: str | None) -> None:
    """No token, a wrong one in either place, a user's."""
    assert not may(TOKENS, own, authorization)


@pytest.mark.parametrize(("own", "authorization"), [(None, None), ("good", None), (None, "Bearer good")])
def test_while_nobody_is_configured_the_guard_decides(own: str | None, authorization: str | None) -> None:
    """It looks at where a request comes from."""
    assert not may(NOBODY, own, authorization)


WORDS = st.sampled_from(["good", "better", "bad", "", "Bearer good", "bearer  better", "Bearer bad", "Basic good"])


@given(
    st.sampled_from([TOKENS, NOBODY, Access(parse_tokens("ci:rebuild:good"))]),
    st.none() | WORDS,
    st.none() | WORDS,
    st.sampled_from(["127.0.0.1", "::1", "192.0.2.1"]),
    st.sampled_from(["localhost", "127.0.0.1:80", "evil.example"]),
)
def test_never_more_than_the_guard_lets_in(
    access: Access, own: str | None, authorization: str | None, remote: str, host: str
) -> None:
    """Whoever is told at once passes the guard, and may read."""
    shown = {"X-Image-Factory-Token": own, "Authorization": authorization, "Host": host}
    headers = {name: value for name, value in shown.items() if value is not None}
    guarded = visitor(access).get("/read", headers=headers, environ_base={"REMOTE_ADDR": remote})

    if may(access, own, authorization):
        assert guarded.status_code == 200
    else:
        assert guarded.status_code in {401, 403} or not access.configured


@pytest.mark.parametrize("role", list(CallerRole))
def test_every_role_reads(role: CallerRole) -> None:
    """So that an answer for one of them may be given to the others."""
    assert may(Access(parse_tokens(f"ci:{role}:good")), "good")
