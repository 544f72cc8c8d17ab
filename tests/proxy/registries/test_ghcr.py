"""GitHub's registry."""

from proxy.registries.ghcr import GitHubContainerRegistry


def test_only_ghcr_is_served() -> None:
    """The class serves one host, with its own API."""
    assert GitHubContainerRegistry.serves("ghcr.io")
    assert not GitHubContainerRegistry.serves("ghcr.io.example.com")
    assert GitHubContainerRegistry.api_host("ghcr.io") == "ghcr.io"
