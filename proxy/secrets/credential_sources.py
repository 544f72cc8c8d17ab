"""What a source of credentials gives and takes: whoever issues credentials for a registry when they are needed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from proxy.errors import Refused
from proxy.secrets.credentials import BasicCredentials


class NoneForOwner(Refused):
    """There are no credentials for a repository or its owner, which are not needed if it is public; no problem."""


@dataclass(frozen=True, slots=True)
class IssuedCredentials:
    """Credentials that a source issued.

    Attributes:
        credentials: for requests to the registry or its token server.
        expires_at: the end of their lifetime, in UTC; None: it is not known, and they are issued again after 5 minutes.
    """

    credentials: BasicCredentials
    expires_at: datetime | None = None


class CredentialSource(Protocol):
    """Issues credentials for the hosts that it serves, such as a cloud's registries.

    A source keeps nothing: `RegistryCredentials` keeps what was issued until shortly before its end, asks once for
    many requests at the same time, and asks again after a failure only after a while. A source inherits from this
    class. It is asked only where the registry auth file has nothing for the repository.
    """

    def serves(self, host: str) -> bool:
        """Whether it issues credentials for this host (`ghcr.io`, `registry.example.com:5000`); sends nothing."""

    def account(self, host: str, repository: str | None) -> str:  # noqa: ARG002 - for sources that tell owners apart
        """What one answer is valid for: requests with the same account share it. By default, the whole host."""
        return host

    def needed(self, host: str) -> bool:  # noqa: ARG002 - for sources of hosts that anybody may read
        """Whether a host has nothing for requests without credentials. By default it has not.

        Where they are not needed, requests go without credentials while they cannot be issued; if such a request is
        refused, its failure says why there were none.
        """
        return True

    def issue(self, host: str, repository: str | None) -> IssuedCredentials | None:
        """Issue credentials, by one call outside, which ends by itself or by `proxy.deadline.time_left`.

        Args:
            host: one that it serves.
            repository: the one that is asked for (`acme/app`); None: the host as a whole.

        Returns:
            None if it has none for this host.

        Raises:
            NoneForOwner: it has none for this repository.
            OutsideFailure: they cannot be issued now; a person is shown the message.
        """
