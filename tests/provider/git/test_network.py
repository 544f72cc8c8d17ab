"""Git's way to its servers, as configuration."""

from pathlib import Path

import pytest

from provider.git.addresses import GitAddress
from provider.git.network import GitNetwork
from proxy.http.egress import Egress, ProxyAddress
from proxy.http.trust import ClientCertificate, ClientCertificates, TrustedCertificates

ADDRESS = GitAddress.parse("https://git.example.com/team/app.git")
PROXY = ProxyAddress.parse("http://ci:pass%40wo%3Ard@proxy.example.com:3128")


def applied(network: GitNetwork, address: GitAddress) -> dict[str, str]:
    """What the network adds to an empty environment, with configuration by its name."""
    variables = network.applied({"GIT_CONFIG_COUNT": "0"}, address)
    count = int(variables.pop("GIT_CONFIG_COUNT"))
    config = {
        variables.pop(f"GIT_CONFIG_KEY_{number}"): variables.pop(f"GIT_CONFIG_VALUE_{number}")
        for number in range(count)
    }
    return {**variables, **config}


def test_git_asks_the_proxy_of_its_server() -> None:
    """The login is percent-encoded again; a server that is asked directly has an empty proxy."""
    network = GitNetwork(Egress(PROXY, None, ("near.example.com",)))

    assert applied(network, ADDRESS) == {
        "http.proxy": "http://ci:pass%40wo%3Ard@proxy.example.com:3128", "http.proxyAuthMethod": "basic"
    }  # fmt: skip
    for direct in ("https://near.example.com/a.git", "http://git.example.com/a.git"):
        assert applied(network, GitAddress.parse(direct, ["git.example.com"])) == {"http.proxy": ""}


@pytest.mark.parametrize("text", ["ssh://git@git.example.com/a.git", "git@git.example.com:a.git", "/srv/a.git"])
def test_ssh_and_folders_have_no_network_of_http(text: str) -> None:
    """Nothing of it is for them."""
    assert applied(GitNetwork(Egress(PROXY, PROXY)), GitAddress.parse(text)) == {}


def test_git_trusts_a_bundle_and_shows_its_certificate() -> None:
    """The bundle counts for a proxy with TLS too; the certificate is for its host alone."""
    clients = ClientCertificates({"git.example.com": ClientCertificate(Path("/tls/c"), Path("/tls/k"))})
    network = GitNetwork(trusted=TrustedCertificates(Path("/tls/all"), Path("/etc/certs")), clients=clients)
    trusting = {
        "http.proxy": "",
        "GIT_SSL_CAINFO": "/tls/all",
        "GIT_PROXY_SSL_CAINFO": "/tls/all",
        "GIT_SSL_CAPATH": "/etc/certs",
    }

    assert applied(network, ADDRESS) == {**trusting, "GIT_SSL_CERT": "/tls/c", "GIT_SSL_KEY": "/tls/k"}
    assert applied(network, GitAddress.parse("https://other.example.com/a.git")) == trusting
    assert applied(GitNetwork(trusted=TrustedCertificates(None, Path("/c"))), ADDRESS)["GIT_SSL_CAPATH"] == "/c"
