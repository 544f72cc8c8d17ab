"""Credentials whose tokens are replaced when GitHub refuses them."""

from proxy.github.credentials import GitHubCredentials
from proxy.secrets.secret import Secret


class Renewing(GitHubCredentials):
    """Returns another token after each refused one; each owner has its own limit."""

    def __init__(self) -> None:
        self.number = 1

    def token(self, owner: str) -> Secret:
        """See the protocol."""
        return Secret(f"ghs_{owner}_{self.number}")

    def discard(self, owner: str, token: Secret) -> bool:
        """See the protocol."""
        assert token == self.token(owner)
        self.number += 1
        return True

    def allowance(self, owner: str) -> str:
        """See the protocol."""
        return owner

    def login(self, owner: str) -> None:
        """See the protocol."""
