"""GitHub's container registry."""

from proxy.registries.oci import OciRegistry


class GitHubContainerRegistry(OciRegistry):
    """ghcr.io: even anonymous requests need a token, and its challenge names no service."""

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is GitHub's registry."""
        return host == "ghcr.io"
