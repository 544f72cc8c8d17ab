"""Tests of which token belongs to the address of a git repository."""

import pytest

from proxy.secrets.host_tokens import HostTokens
from proxy.secrets.secret import Secret

TOKENS = HostTokens.of_sites(
    [
        ("https://github.com", Secret("of-github")),
        ("https://GitLab.example.com:8443/", Secret("of-gitlab")),
        ("https://[::1]:8443", Secret("of-loopback")),
        ("https://[2001:db8::1]", Secret("of-documentation")),
        ("http://plain.example.com", Secret("never-sent")),
        ("https://none.example.com", None),
    ]
)


@pytest.mark.parametrize(
    ("address", "token"),
    [
        ("https://github.com/acme/portal.git", "of-github"),
        ("https://github.com:443/acme/portal.git", "of-github"),
        ("HTTPS://GitHub.COM/acme/portal.git", "of-github"),
        ("https://github.com./acme/portal.git", "of-github"),
        ("https://gitlab.example.com:8443/acme/portal.git", "of-gitlab"),
        ("https://[::1]:8443/acme/portal.git", "of-loopback"),
        ("https://[2001:DB8::1]/acme/portal.git", "of-documentation"),
    ],
)
def test_a_server_gets_its_token(address: str, token: str) -> None:
    """Upper case, the usual port and a final dot make no difference."""
    assert TOKENS.for_address(address) == Secret(token)


@pytest.mark.parametrize(
    "address",
    [
        "http://github.com/acme/portal.git",
        "http://github.com:443/acme/portal.git",
        "http://plain.example.com/acme/portal.git",
        "https://plain.example.com/acme/portal.git",
        "https://none.example.com/acme/portal.git",
        "ssh://git@github.com/acme/portal.git",
        "git@github.com:acme/portal.git",
        "https://github.com:8443/acme/portal.git",
        "https://github.com:0/acme/portal.git",
        "https://gitlab.example.com/acme/portal.git",
        "https://[::1]/acme/portal.git",
        "https://[::2]:8443/acme/portal.git",
        "https://jane@github.com/acme/portal.git",
        "https://github.com@evil.example.com/acme/portal.git",
        "https://github.com.evil.example.com/acme/portal.git",
        "https://evil-github.com/acme/portal.git",
        "https://github.com:port/acme/portal.git",
        "https://[github.com/acme/portal.git",
        "//github.com/acme/portal.git",
        "/srv/git/portal.git",
        "",
    ],
)
def test_nothing_else_gets_a_token(address: str) -> None:
    """Neither plain http nor ssh, nor another host, another port, or an address with a user."""
    assert TOKENS.for_address(address) is None


def test_tokens_are_not_printed() -> None:
    """Neither the tokens nor the servers."""
    assert repr(TOKENS) == "HostTokens()"
