"""Which IP addresses git connects to."""

import pytest

from provider.git.addresses import GitAddress
from provider.git.environment import git_environment
from provider.git.judged_host import JudgedAddress, judged, pinned
from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy
from proxy.http.egress import Egress, ProxyAddress


def environment(text: str, host: str, port: int, *found: str) -> dict[str, str]:
    """Git's environment for an address whose host has these IP addresses."""
    place = JudgedAddress(GitAddress.parse(text), host, port, found)
    return pinned(place, git_environment(place.address, None, {}))


def test_https_goes_to_the_judged_addresses() -> None:
    """All IP addresses are pinned, IPv6 in brackets; the other variables are kept."""
    known = environment("https://git.example.com/a.git", "git.example.com", 443, "192.0.2.1", "2001:db8::1")

    number = int(known["GIT_CONFIG_COUNT"]) - 1
    assert known[f"GIT_CONFIG_KEY_{number}"] == "http.curloptResolve"
    assert known[f"GIT_CONFIG_VALUE_{number}"] == "git.example.com:443:192.0.2.1,[2001:db8::1]"
    assert known["GIT_ALLOW_PROTOCOL"] == "https"


@pytest.mark.parametrize(("port", "alias"), [(22, "git.example.com"), (2222, "'[git.example.com]:2222'")])
def test_ssh_connects_to_the_judged_address_and_looks_up_the_host_key_by_name(port: int, alias: str) -> None:
    """The host key is looked up as without a pinned address."""
    known = environment(f"ssh://git@git.example.com:{port}/a.git", "git.example.com", port, "192.0.2.1")

    assert known["GIT_SSH_COMMAND"].startswith("ssh -oBatchMode=yes ")
    options = known["GIT_SSH_COMMAND"].replace("'-oHostKeyAlias=[", "-oHostKeyAlias='[")
    assert options.endswith(f" -oHostName=192.0.2.1 -oHostKeyAlias={alias}")


def test_an_address_behind_a_proxy_is_not_pinned() -> None:
    """The proxy resolves its name; a private address that is written as one is refused all the same."""
    proxy = ProxyAddress.parse("http://proxy.example.com:3128")
    policy = AddressPolicy(egress=Egress(proxy, proxy), resolver=lambda *_: [])
    place = judged("https://git.example.com/a.git", policy)
    environment = git_environment(place.address, None, {})

    assert place.found == ()
    assert pinned(place, environment) == environment
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.7"):
        judged("https://10.0.0.7/a.git", policy)


def test_a_numeric_address_needs_no_pin() -> None:
    """It is not resolved again."""
    known = environment("https://192.0.2.1/a.git", "192.0.2.1", 443, "192.0.2.1")

    assert "http.curloptResolve" not in known.values()
