"""The table of those who issue credentials for registries of which the registry auth file has none."""

from collections.abc import Callable

from provider.settings import Settings
from proxy.github.container_credentials import GitHubContainerCredentials, container_host
from proxy.github.credentials import GitHubCredentials
from proxy.secrets.credential_sources import CredentialSource

SourceFactory = Callable[[Settings, Callable[[], GitHubCredentials]], CredentialSource | None]
"""Makes a source from the settings, and from what returns the credentials for GitHub; None if it is not configured."""


def _github(settings: Settings, credentials: Callable[[], GitHubCredentials]) -> CredentialSource | None:
    if not (settings.github_token or settings.github_app_private_key):
        return None
    return GitHubContainerCredentials(container_host(settings.github_api_url), credentials)


CREDENTIAL_SOURCES: tuple[SourceFactory, ...] = (_github,)


def credential_sources(settings: Settings, github: Callable[[], GitHubCredentials]) -> tuple[CredentialSource, ...]:
    """The sources that these settings configure, in the order in which they are asked.

    Args:
        settings: of the service.
        github: returns the credentials for GitHub; called when a source is asked.
    """
    return tuple(source for factory in CREDENTIAL_SOURCES if (source := factory(settings, github)))
