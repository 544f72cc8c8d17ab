"""Which token servers get requests, and which get credentials."""

import pytest

from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy
from proxy.registries.realms import absolute_realm, check_realm, credentials_may_go


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
        ("https://sso.example.com:8443/token", "r.example.com:5000", True),
        ("https://port.example.com:8443/token", "p.example.com:5000", True),
        ("https://port.example.com/token", "p.example.com:5000", False),
        ("https://port.example.com:8443/token", "p.example.com", False),
        ("https://tls.example.com/token", "t.example.com", True),
        ("https://docker-auth.elastic.co/auth", "docker.elastic.co", True),
        ("https://api.digitalocean.com/v2/registry/auth", "registry.digitalocean.com", True),
        ("https://dockerauth.cn-hangzhou.aliyuncs.com/auth", "registry.cn-hangzhou.aliyuncs.com", True),
        ("https://dockerauth.cn-beijing.aliyuncs.com/auth", "registry.cn-hangzhou.aliyuncs.com", False),
        ("https://dockerauth.ap-southeast-1.aliyuncs.com/auth", "registry-intl.ap-southeast-1.aliyuncs.com", True),
        ("https://dockerauth-vpc.cn-hangzhou.aliyuncs.com/auth", "registry-vpc.cn-hangzhou.aliyuncs.com", True),
        ("https://dockerauth-cn-zhangjiakou.aliyuncs.com/auth", "registry.cn-zhangjiakou.aliyuncs.com", True),
        ("https://dockerauth-ee.cn-hangzhou.aliyuncs.com/auth", "acme-registry.cn-hangzhou.cr.aliyuncs.com", True),
        ("https://dockerauth-ee-vpc.cn-beijing.aliyuncs.com/auth", "a-registry-vpc.cn-beijing.cr.aliyuncs.com", True),
        ("https://dockerauth-ee.cn-beijing.aliyuncs.com/auth", "acme-registry.cn-hangzhou.cr.aliyuncs.com", False),
        ("https://dockerauth-ee.cn-hangzhou.aliyuncs.com/auth", "registry.cn-hangzhou.aliyuncs.com", False),
        ("https://dockerauth.evil.aliyuncs.com/auth", "registry.cn-hangzhou.aliyuncs.com", False),
        ("https://scc.suse.com/api/registry/authorize", "registry.suse.com", True),
        ("https://scc.suse.com/api/registry/authorize", "docker.io", False),
        ("https://api.scaleway.com/registry-internal/v1/regions/fr-par/tokens", "rg.fr-par.scw.cloud", True),
        ("https://api.scaleway.com/registry-internal/v1/auth", "rg.fr-par.scw.cloud", True),
        ("https://api.scaleway.com/registry-internal/v1/auth", "rg.evil.com", False),
        ("https://r.example.com.evil.com/token", "r.example.com", False),
        ("https://evil.com/r.example.com", "r.example.com", False),
    ],
)
def test_credentials_go_to_the_registry_s_own_host_and_to_known_ones(realm: str, registry: str, go: bool) -> None:
    """Only the registry's own host on any port, the known hosts, and the hosts that a setting trusts."""
    trusted = {
        "r.example.com": "sso.example.com",
        "p.example.com:5000": "port.example.com:8443",
        "t.example.com:443": "tls.example.com:443",
    }
    assert credentials_may_go(realm, registry, trusted) is go


def test_a_realm_is_https_unless_listed() -> None:
    """Plain http is for hosts listed as insecure; other schemes and a user in the address are refused."""
    policy = AddressPolicy(insecure_registries=["127.0.0.1:5001"])

    check_realm("https://auth.example.com/token", "r.example.com", policy)
    check_realm("http://127.0.0.1:5001/token", "r.example.com", policy)
    for realm in ("http://auth.example.com/token?key=secret", "ftp://127.0.0.1:5001/", "https://u@h/", "token", ""):
        with pytest.raises(AddressRefused, match=r"r\.example\.com sends clients to") as caught:
            check_realm(realm, "r.example.com", policy)
        assert "secret" not in str(caught.value)


def test_a_realm_that_is_not_an_address_is_refused() -> None:
    """A realm that cannot be read is refused, and the message names the registry."""
    with pytest.raises(AddressRefused, match=r"r\.example\.com sends clients to an invalid address"):
        check_realm("https://u:pw@[/token", "r.example.com", AddressPolicy())


@pytest.mark.parametrize(
    ("realm", "absolute"),
    [
        ("/token", "https://r.example.com:5000/token"),
        ("/v2/token?account=x", "https://r.example.com:5000/v2/token?account=x"),
        ("//auth.example.com/token", "https://auth.example.com/token"),
        ("token", "https://r.example.com:5000/v2/team/app/manifests/token"),
        ("https://auth.example.com/token", "https://auth.example.com/token"),
        ("ftp://auth.example.com/token", "ftp://auth.example.com/token"),
        ("https://[/token", "https://[/token"),
    ],
)
def test_a_relative_realm_is_on_the_registry_s_host(realm: str, absolute: str) -> None:
    """Other realms stay as they are; `check_realm` says whether they are used."""
    assert absolute_realm(realm, "https://r.example.com:5000/v2/team/app/manifests/1") == absolute


@pytest.mark.parametrize(
    "realm",
    ["//", "?", "?service=r", "#token", "/v2/team/app/manifests/1", "https://r.example.com/v2/team/app/manifests/1"],
)
def test_a_realm_that_leads_back_to_the_question_is_refused(realm: str) -> None:
    """It came for one repository; kept, it would be used for all repositories of the registry."""
    found = absolute_realm(realm, "https://r.example.com/v2/team/app/manifests/1?x=1")
    with pytest.raises(AddressRefused, match="to the address they came from"):
        check_realm(found, "r.example.com", AddressPolicy())
