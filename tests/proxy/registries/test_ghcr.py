"""GitHub's registry."""

from proxy.http.budget import POLITE
from proxy.registries.ghcr import GitHubContainerRegistry


def test_only_ghcr_is_served_with_public_limits() -> None:
    """The class serves one host, with its own API and the limits of a public registry."""
    assert GitHubContainerRegistry.serves("ghcr.io")
    assert not GitHubContainerRegistry.serves("ghcr.io.example.com")
    assert GitHubContainerRegistry.api_host("ghcr.io") == "ghcr.io"
    assert GitHubContainerRegistry.limits("ghcr.io") == POLITE
