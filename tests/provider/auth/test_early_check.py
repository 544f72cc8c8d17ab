"""Tests of the early check for cached responses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.access import Access
from provider.auth.callers import CallerRole, parse_tokens
from provider.auth.early_check import may_read_early
from tests.provider.auth.visits import visitor

TOKENS = Access(parse_tokens("ci:read:good,ops:admin:better"))
UNCONFIGURED = Access()


def may(access: Access, own: str | None = None, authorization: str | None = None) -> bool:
    """The result of the early check for these headers."""
    return may_read_early(access, token_header=own, authorization=authorization)


@pytest.mark.parametrize("token", ["good", "better"])
def test_a_service_token_may_read(token: str) -> None:
    """Both headers are accepted."""
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
def test_other_callers_are_left_to_the_guard(own: str | None, authorization: str | None) -> None:
    """The guard decides without a token, with a wrong token and with the token of a user."""
    assert not may(TOKENS, own, authorization)


@pytest.mark.parametrize(("own", "authorization"), [(None, None), ("good", None), (None, "Bearer good")])
def test_without_configured_callers_the_guard_decides(own: str | None, authorization: str | None) -> None:
    """The guard checks the address of the client."""
    assert not may(UNCONFIGURED, own, authorization)


WORDS = st.sampled_from(["good", "better", "bad", "", "Bearer good", "bearer  better", "Bearer bad", "Basic good"])


@given(
    st.sampled_from([TOKENS, UNCONFIGURED, Access(parse_tokens("ci:rebuild:good"))]),
    st.none() | WORDS,
    st.none() | WORDS,
    st.sampled_from(["127.0.0.1", "::1", "192.0.2.1"]),
    st.sampled_from(["localhost", "127.0.0.1:80", "evil.example"]),
)
def test_the_early_check_is_never_more_permissive_than_the_guard(
    access: Access, own: str | None, authorization: str | None, remote: str, host: str
) -> None:
    """The guard accepts every request that the early check accepts."""
    shown = {"X-Image-Factory-Token": own, "Authorization": authorization, "Host": host}
    headers = {name: value for name, value in shown.items() if value is not None}
    guarded = visitor(access).get("/read", headers=headers, environ_base={"REMOTE_ADDR": remote})

    if may(access, own, authorization):
        assert guarded.status_code == 200
    else:
        assert guarded.status_code in {401, 403} or not access.configured


@pytest.mark.parametrize("role", list(CallerRole))
def test_every_role_may_read(role: CallerRole) -> None:
    """A cached response for one role can therefore be sent to the others."""
    assert may(Access(parse_tokens(f"ci:{role}:good")), "good")
