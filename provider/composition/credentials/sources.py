"""The table of those who issue credentials for registries of which the registry auth file has none."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from provider.settings import Settings
from proxy.cloud.acr import AzureCredentials
from proxy.cloud.ecr import AmazonClients, AmazonCredentials
from proxy.cloud.gar import GoogleCredentials
from proxy.cloud.offers import Cloud, clouds_in_use
from proxy.cloud.sending import LibrarySender
from proxy.github.container_credentials import GitHubContainerCredentials, container_host
from proxy.github.credentials import GitHubCredentials
from proxy.http.transport import Transport
from proxy.secrets.credential_sources import CredentialSource


@dataclass(frozen=True, slots=True)
class SourceParts:
    """What sources are made of; what is a function is called when a source is asked.

    Attributes:
        settings: of the service.
        environ: of this process.
        github: returns the credentials for GitHub.
        transport: returns what sends requests to registries.
        sender: sends what the clouds' libraries ask for.
        amazon: boto3's clients.
    """

    settings: Settings
    environ: Mapping[str, str]
    github: Callable[[], GitHubCredentials]
    transport: Callable[[], Transport]
    sender: LibrarySender
    amazon: AmazonClients


SourceFactory = Callable[[SourceParts], CredentialSource | None]
"""Makes a source; None if it is not configured."""


def _github(of: SourceParts) -> CredentialSource | None:
    if not (of.settings.github_token or of.settings.github_app_private_key):
        return None
    return GitHubContainerCredentials(container_host(of.settings.github_api_url), of.github)


def _amazon(of: SourceParts) -> CredentialSource:
    return AmazonCredentials(of.amazon)


def _google(of: SourceParts) -> CredentialSource:
    return GoogleCredentials(of.sender, active="gcp" in _clouds(of))


def _azure(of: SourceParts) -> CredentialSource:
    return AzureCredentials(of.sender, of.transport, of.environ, active="azure" in _clouds(of))


CREDENTIAL_SOURCES: tuple[SourceFactory, ...] = (_github, _amazon, _google, _azure)


def credential_sources(of: SourceParts) -> tuple[CredentialSource, ...]:
    """The sources that the settings configure, in the order in which they are asked."""
    return tuple(source for factory in CREDENTIAL_SOURCES if (source := factory(of)))


def _clouds(of: SourceParts) -> Collection[Cloud]:
    return clouds_in_use(of.settings.cloud_credentials, of.environ)
