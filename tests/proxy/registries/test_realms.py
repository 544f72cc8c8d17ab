"""Where tokens may be asked for, and who sees credentials."""

import pytest

from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy
from proxy.registries.realms import check_realm, credentials_may_go


@pytest.mark.parametrize(
    ("realm", "registry", "go"),
    [
        ("https://auth.docker.io/token", "docker.io", True),
        ("https://gitlab.com/jwt/auth", "registry.gitlab.com", True),
        ("https://auth.docker.io/token", "evil.example.com", False),
        ("https://gitlab.com/jwt/auth", "docker.io", False),
        ("https://auth.docker.io:444/token", "docker.io", False),
        ("https://ghcr.io/token", "ghcr.io", True),
        ("https://GHCR.io/token", "ghcr.io", True),
        ("https://r.example.com:5001/auth", "r.example.com:5000", True),
        ("https://sso.example.com/token", "r.example.com", True),
        ("https://r.example.com.evil.com/token", "r.example.com", False),
        ("https://evil.com/r.example.com", "r.example.com", False),
    ],
)
def test_credentials_go_to_the_registry_s_own_host_and_to_known_ones(realm: str, registry: str, go: bool) -> None:
    """The own host on any port, the known table, and what a setting trusts: nobody else."""
    assert credentials_may_go(realm, registry, {"r.example.com": "sso.example.com"}) is go


def test_a_realm_is_https_unless_listed() -> None:
    """Plain http only to hosts listed as insecure, no other schemes, no user in the address."""
    policy = AddressPolicy(insecure_registries=["127.0.0.1:5001"])

    check_realm("https://auth.example.com/token", "r.example.com", policy)
    check_realm("http://127.0.0.1:5001/token", "r.example.com", policy)
    for realm in ("http://auth.example.com/token?key=secret", "ftp://127.0.0.1:5001/", "https://u@h/", "token", ""):
        with pytest.raises(AddressRefused, match=r"r\.example\.com sends for a token to") as caught:
            check_realm(realm, "r.example.com", policy)
        assert "secret" not in str(caught.value)
