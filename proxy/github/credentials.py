"""The token for requests to GitHub about an owner's repositories and packages."""

from typing import Protocol

from proxy.secrets.secret import Secret


class GitHubCredentials(Protocol):
    """Tokens by owner, the user or organization that a repository or package belongs to."""

    def token(self, owner: str) -> Secret | None:
        """The token for a request; None: send it without credentials.

        Raises:
            OutsideFailure: a token cannot be fetched.
        """

    def discard(self, owner: str, token: Secret) -> bool:
        """Remove a token that GitHub refused; returns whether `token` may return another one now."""

    def allowance(self, owner: str) -> str:
        """A name for the rate limit that the owner's requests count against; owners may share one."""

    def login(self, owner: str) -> str | None:
        """The account that the owner's token acts as; None: only GitHub knows it.

        Raises:
            OutsideFailure: no token can be had.
        """


class FixedToken(GitHubCredentials):
    """One token for all owners, or none.

    Args:
        token: None: requests are sent without credentials.
    """

    def __init__(self, token: Secret | None) -> None:
        self._token = token

    def token(self, owner: str) -> Secret | None:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        return self._token

    def discard(self, owner: str, token: Secret) -> bool:  # noqa: ARG002 - the protocol's
        """See the protocol; there is no other token."""
        return False

    def allowance(self, owner: str) -> str:  # noqa: ARG002 - the protocol's
        """See the protocol; all count against the token's user."""
        return "token"

    def login(self, owner: str) -> str | None:  # noqa: ARG002 - the protocol's
        """See the protocol; a token does not say whose it is."""
        return None
