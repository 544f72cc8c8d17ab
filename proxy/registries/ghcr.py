"""GitHub's container registry."""

from proxy.http.budget import POLITE, Limits
from proxy.registries.oci import OciRegistry


class GitHubContainerRegistry(OciRegistry):
    """ghcr.io: even anonymous reading needs a token, and its challenge names no service."""

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is GitHub's."""
        return host == "ghcr.io"

    @classmethod
    def limits(cls, host: str) -> Limits:
        """GitHub's registry is everybody's."""
        return POLITE if cls.serves(host) else super().limits(host)
