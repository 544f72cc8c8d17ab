"""The address of a registry's API."""

import pytest

from proxy.errors import InvalidSetting
from proxy.registries.endpoints import Endpoint


def test_a_mirror_may_keep_repositories_under_a_path() -> None:
    """The path of a mirror, as in Harbor's proxy projects, is a prefix of each repository."""
    plain = Endpoint.of_mirror("docker.io", "http://127.0.0.1:5000/")
    nested = Endpoint.of_mirror("docker.io", "https://Harbor.example.com/hub")

    assert (plain.url, plain.path("library/node", "tags/list")) == (
        "http://127.0.0.1:5000",
        "/v2/library/node/tags/list",
    )
    assert nested.url + nested.path("library/node", "manifests/22") == (
        "https://harbor.example.com/v2/hub/library/node/manifests/22"
    )


@pytest.mark.parametrize(
    "address", ["127.0.0.1:5000", "ftp://h", "https://", "https://u:word@h", "https://h?x=1", "https://u:word@["]
)
def test_an_invalid_mirror_is_an_error(address: str) -> None:
    """The message names the registry, shows an example, and shows no password."""
    with pytest.raises(InvalidSetting, match=r"mirror of docker\.io.*it looks like") as caught:
        Endpoint.of_mirror("docker.io", address)
    assert "word" not in str(caught.value)


def test_paths_are_quoted() -> None:
    """A repository's name cannot add a query."""
    assert Endpoint("https", "h").path("a?b#c", "tags/list") == "/v2/a%3Fb%23c/tags/list"
