"""Which hosts may be reached."""

from collections.abc import Iterable

import pytest

from proxy.errors import AddressRefused, Unavailable
from proxy.http.addresses import AddressPolicy, Resolver, split_host

PUBLIC = "93.184.215.14"


def always(*addresses: str) -> Resolver:
    """A resolver that always returns this answer."""
    return lambda _host, _port: addresses


def no_name(_host: str, _port: int) -> Iterable[str]:
    """A resolver that finds no address."""
    raise OSError("Name or service not known")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 - to be refused
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_addresses_of_our_own_network_are_refused(address: str) -> None:
    """Loopback, link-local, private, shared and reserved addresses are refused, also inside other addresses."""
    policy = AddressPolicy(resolver=always(PUBLIC, address))

    with pytest.raises(AddressRefused, match="IMAGE_FACTORY_PRIVATE_HOSTS"):
        policy.check("registry.example.com")


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_public_addresses_pass(address: str) -> None:
    """Public addresses may be reached."""
    policy = AddressPolicy(resolver=always(address))

    policy.check("registry.example.com")
    assert policy.addresses("registry.example.com", 443) == [address]


@pytest.mark.parametrize(
    ("listed", "host", "passes"),
    [
        ("127.0.0.1", "127.0.0.1:5000", True),
        ("127.0.0.1:5000", "127.0.0.1:5000", True),
        ("127.0.0.1:5000", "127.0.0.1:5001", False),
        ("Registry.Local", "registry.local", True),
        ("registry.local:80", "registry.local:80", True),
        ("registry.local", "evil-registry.local", False),
        ("[::1]:5000", "[::1]:5000", True),
    ],
)
def test_listed_hosts_pass(listed: str, host: str, passes: bool) -> None:
    """A listed host without a port covers all ports, one with a port only that port; insecure hosts count as listed."""
    private = AddressPolicy(private_hosts=[listed], resolver=always("127.0.0.1"))
    insecure = AddressPolicy(insecure_registries=[listed], resolver=always("127.0.0.1"))

    for policy in (private, insecure):
        if passes:
            policy.check(host)
        else:
            with pytest.raises(AddressRefused):
                policy.check(host)
    assert private.scheme(host) == "https"
    assert insecure.scheme(host) == ("http" if passes else "https")


def test_a_host_without_a_port_has_its_protocol_s_port() -> None:
    """A listed port 443 allows https without a port; a listed insecure port 80 means plain http."""
    resolver = always("127.0.0.1")

    AddressPolicy(private_hosts=["registry.local:443"], resolver=resolver).check("registry.local")
    AddressPolicy(insecure_registries=["registry.local:80"], resolver=resolver).check("registry.local")
    with pytest.raises(AddressRefused):
        AddressPolicy(private_hosts=["registry.local:80"], resolver=resolver).check("registry.local")


def test_only_listed_hosts_are_reached_by_plain_http() -> None:
    """HTTPS is always allowed, http only for insecure hosts, other schemes never."""
    policy = AddressPolicy(insecure_registries=["127.0.0.1:5000"])

    assert policy.allowed_scheme("https", "ghcr.io") == "https"
    assert policy.allowed_scheme("http", "127.0.0.1:5000") == "http"
    for scheme, host in [("http", "ghcr.io"), ("file", "127.0.0.1:5000"), ("", "ghcr.io")]:
        with pytest.raises(AddressRefused, match="IMAGE_FACTORY_INSECURE_REGISTRIES"):
            policy.allowed_scheme(scheme, host)


def test_mirrors_count_as_listed() -> None:
    """An http mirror counts as an insecure host, an https mirror may be at a private address."""
    policy = AddressPolicy(resolver=always("127.0.0.1")).with_mirrors(["http://one:5000", "https://two/path"])

    assert policy.scheme("one:5000") == "http"
    assert policy.scheme("two") == "https"
    policy.check("one:5000")
    policy.check("two")


def test_hosts_that_are_named_later_count_as_listed() -> None:
    """They are asked for at each connection; with mirrors too."""
    named: set[str] = set()
    policy = AddressPolicy(resolver=always("127.0.0.1"), named_hosts=lambda: frozenset(named))
    policies = policy, policy.with_mirrors(["http://one:5000"])
    for each in policies:
        with pytest.raises(AddressRefused):
            each.check("registry.example.com:5000")
    named.add("registry.example.com:5000")
    for each in policies:
        each.check("registry.example.com:5000")
        with pytest.raises(AddressRefused):
            each.check("registry.example.com")
        assert each.scheme("registry.example.com:5000") == "https"


@pytest.mark.parametrize("resolver", [no_name, always()])
def test_a_name_that_does_not_resolve_is_unavailable(resolver: Resolver) -> None:
    """A name without addresses is a transient failure."""
    with pytest.raises(Unavailable, match=r"registry\.example\.com does not resolve"):
        AddressPolicy(resolver=resolver).check("registry.example.com")


@pytest.mark.parametrize("host", ["", "user@host", "host/path", "host:port", "host:99999", "ho st", "[::1", "host?"])
def test_a_text_that_is_not_a_host_is_refused(host: str) -> None:
    """A host is a name with an optional port, nothing else."""
    with pytest.raises(AddressRefused, match="is not a host"):
        split_host(host)


def test_unusual_spellings_of_our_own_addresses_are_refused() -> None:
    """The system's resolver accepts them, so the resolved address is checked, not the text."""
    for spelling in ("127.1", "2130706433", "0x7f.1"):
        with pytest.raises(AddressRefused):
            AddressPolicy().check(spelling)
