"""A fixed token."""

from proxy.github.credentials import FixedToken
from proxy.secrets.secret import Secret


def test_one_token_for_all_owners_and_one_limit() -> None:
    """All owners have the same token, and no other one if GitHub refuses it."""
    credentials = FixedToken(Secret("ghp_x"))

    assert credentials.token("acme") == credentials.token("mona") == Secret("ghp_x")
    assert credentials.allowance("acme") == credentials.allowance("mona")
    assert not credentials.discard("acme", Secret("ghp_x"))


def test_without_a_token_there_are_no_credentials() -> None:
    """Public repositories can be read without a token."""
    assert FixedToken(None).token("acme") is None
