"""Tests of a fixed token."""

from proxy.github.credentials import FixedToken
from proxy.secrets.secret import Secret


def test_one_token_for_all_owners_and_one_limit() -> None:
    """Whoever is asked about; and where GitHub refuses it there is no other."""
    credentials = FixedToken(Secret("ghp_x"))

    assert credentials.token("acme") == credentials.token("mona") == Secret("ghp_x")
    assert credentials.allowance("acme") == credentials.allowance("mona")
    assert not credentials.discard("acme", Secret("ghp_x"))


def test_without_a_token_nobody_asks() -> None:
    """Public repositories can be read all the same."""
    assert FixedToken(None).token("acme") is None
