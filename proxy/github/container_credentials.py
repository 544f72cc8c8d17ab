"""GitHub's token as credentials for its container registry."""

from collections.abc import Callable
from urllib.parse import urlsplit

from proxy.github.credentials import GitHubCredentials
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials
from proxy.secrets.credentials import BasicCredentials

# GitHub's registry reads the token alone; any user name will do.
_USER = "x-access-token"


def container_host(api_url: str) -> str:
    """The host of the container registry that belongs to a GitHub API.

    `ghcr.io` for https://api.github.com; `containers.HOST` for an Enterprise Server (https://HOST/api/v3) and for
    https://api.SUBDOMAIN.ghe.com (GitHub's docs, "Working with the Container registry").
    """
    host = urlsplit(api_url).netloc.lower().removeprefix("api.")
    return "ghcr.io" if host == "github.com" else f"containers.{host}"


class GitHubContainerCredentials(CredentialSource):
    """The token of the GitHub App's installation, or the fixed token, for GitHub's container registry.

    Args:
        host: of the registry, as `container_host` returns it.
        credentials: returns the credentials for GitHub's API.
    """

    def __init__(self, host: str, credentials: Callable[[], GitHubCredentials]) -> None:
        self._host = host
        self._credentials = credentials

    def serves(self, host: str) -> bool:
        """See the protocol."""
        return host == self._host

    def account(self, host: str, repository: str | None) -> str:
        """See the protocol; each owner has an installation of its own."""
        return self._credentials().allowance(_owner(repository)) if repository else host

    def needed(self, host: str) -> bool:  # noqa: ARG002 - the protocol's
        """See the protocol; the registry has public images too, which need neither GitHub's API nor its token."""
        return False

    def issue(self, host: str, repository: str | None) -> IssuedCredentials | None:  # noqa: ARG002 - the protocol's
        """See the protocol; without a repository there is no owner, and so no installation."""
        token = self._credentials().token(_owner(repository)) if repository else None
        # An App's token is renewed five minutes before its end, so it is valid for as long as it is kept.
        return IssuedCredentials(BasicCredentials(_USER, token)) if token else None


def _owner(repository: str) -> str:
    return repository.partition("/")[0]
