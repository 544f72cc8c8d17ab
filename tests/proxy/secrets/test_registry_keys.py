"""Keys of docker's configuration, as docker, podman and Kubernetes write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.secrets.registry_keys import RegistryKey, registry_host


@pytest.mark.parametrize(
    ("key", "parsed"),
    [
        ("https://index.docker.io/v1/", "docker.io"),
        ("docker.io", "docker.io"),
        ("registry-1.docker.io", "docker.io"),
        ("https://registry.hub.docker.com", "docker.io"),
        ("https://index.docker.io/v1/access-token", None),
        ("https://index.docker.io/v1/refresh-token", None),
        ("docker.io/acme", "docker.io/acme"),
        ("ghcr.io", "ghcr.io"),
        ("https://GHCR.io", "ghcr.io"),
        ("http://127.0.0.1:5000/v2/", "127.0.0.1:5000"),
        ("registry.example.com:443", "registry.example.com"),
        ("https://registry.example.com:443/v1/", "registry.example.com"),
        ("https://registry.example.com/v2/team/", "registry.example.com/team"),
        ("quay.io/team", "quay.io/team"),
        ("quay.io/team/", "quay.io/team"),
        ("[::1]:5000", "[::1]:5000"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("https://[::1]:443/v2/", "[::1]"),
        ("*.dkr.ecr.eu-west-1.amazonaws.com", "*.dkr.ecr.eu-west-1.amazonaws.com"),
        ("https://*.jfrog.io/v2/", "*.jfrog.io"),
        ("localhost", "localhost"),
    ],
)
def test_a_key_is_a_host_a_path_or_a_glob(key: str, parsed: str | None) -> None:
    """Schemes, API versions and the port of https are ignored; Docker Desktop's own tokens are no registry's."""
    found = RegistryKey.parse(key)

    assert (str(found) if found else None) == parsed


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "https://",
        "https://[",
        "a b",
        "me@r.io",
        "r.io:99999",
        "r.io:x",
        "r.io/#x",
        "[z-a].io",
        "a^b",
    ],
)
def test_what_is_no_address_is_refused(key: str) -> None:
    """Every kind of wrong key is one error."""
    with pytest.raises(ValueError, match="is not the address of a registry"):
        RegistryKey.parse(key)


@pytest.mark.parametrize(
    ("glob", "host", "matches"),
    [
        ("*.jfrog.io", "acme.jfrog.io", True),
        ("*.jfrog.io", "jfrog.io", False),
        ("*.jfrog.io", "a.b.jfrog.io", False),
        ("*.jfrog.io", "acme.jfrog.io.evil.com", False),
        ("*.jfrog.io", "acme.jfrog.io:5000", False),
        ("*.jfrog.io:5000", "acme.jfrog.io:5000", True),
        ("*.*.registry.io", "a.b.registry.io", True),
        ("prefix.*.io", "prefix.kubernetes.io", True),
        ("*-good.kubernetes.io", "prefix-good.kubernetes.io", True),
        ("registry-?.example.com", "registry-1.example.com", True),
        ("registry-?.example.com", "registry-10.example.com", False),
        ("registry-[ab].example.com", "registry-a.example.com", True),
        ("registry-[^ab].example.com", "registry-a.example.com", False),
        ("registry-[0-9].example.com", "registry-7.example.com", True),
        ("[ab].example.com", "b.example.com", True),
    ],
)
def test_a_glob_stands_for_one_label(glob: str, host: str, matches: bool) -> None:
    """As kubelet matches: label by label, and the port is the same."""
    key = RegistryKey.parse(glob)
    assert key is not None

    assert key.is_glob
    assert key.matches(host, "team/app") is matches


def test_a_glob_may_have_a_path() -> None:
    """Both must match."""
    key = RegistryKey.parse("*.jfrog.io/docker")
    assert key is not None

    assert key.matches("acme.jfrog.io", "docker/app")
    assert not key.matches("acme.jfrog.io", "docker-local/app")
    assert not key.matches("acme.jfrog.io", None)


@given(st.text(max_size=40))
def test_any_text_is_a_key_or_an_error(text: str) -> None:
    """A key in one spelling is itself in that spelling, and matches its own host."""
    try:
        key = RegistryKey.parse(text)
    except ValueError:
        return
    if key is not None:
        assert RegistryKey.parse(str(key)) == key
        assert key.is_glob or key.matches(registry_host(key.host), key.path or None)
