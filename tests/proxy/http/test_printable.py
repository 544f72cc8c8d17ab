"""Addresses are shown without their secret parts."""

import pytest

from proxy.http.printable import printable


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:word@host:5000/v2/a?sig=abc#x", "https://host:5000/v2/a"),
        ("https://host/", "https://host/"),
        ("https://user:word@[/v2/a", "an invalid address"),
    ],
)
def test_users_and_queries_are_left_out(url: str, shown: str) -> None:
    """A message shows scheme, host and path only."""
    assert printable(url) == shown
