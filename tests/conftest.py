"""The peers that any test may ask for."""

from tests.peers.fixtures import (
    front,
    git_server,
    github,
    registry,
    registry_with_htpasswd,
    registry_with_tokens,
    token_server,
)

__all__ = [
    "front",
    "git_server",
    "github",
    "registry",
    "registry_with_htpasswd",
    "registry_with_tokens",
    "token_server",
]
