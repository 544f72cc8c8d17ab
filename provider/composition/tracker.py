"""The release tracker put together: sources, use cases for the web part, and the worker's share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import Engine

from provider.composition.outside import (
    github_credentials,
    open_database,
    open_transport,
    registry_credentials,
    utc_now,
)
from provider.github_client import GitHubClients
from provider.notifications.announcing import ImageAnnouncer
from provider.notifications.channels import notifier_of
from provider.notifications.sending import MessageSender
from provider.settings import Settings
from provider.store.announced import SqlAnnouncedStore
from provider.store.outbox import SqlOutbox
from provider.tracker.decisions.addresses import GITHUB_SITE
from provider.tracker.decisions.repository import Address, RepositoryType
from provider.tracker.ports import ReleaseSource
from provider.tracker.services.editing import RepositoryEditing
from provider.tracker.services.poll_round import PollRound
from provider.tracker.services.polling import Poller, host_of
from provider.tracker.services.transferring import Transferring
from provider.tracker.services.use_cases import TrackerUseCases
from provider.tracker.services.worker import TrackerWorker
from provider.tracker.sources.container import ContainerReleases
from provider.tracker.sources.git import GitReleases
from provider.tracker.sources.github import GitHubReleases
from provider.tracker.store.tracker_store import SqlTrackerStore
from proxy.github.credentials import GitHubCredentials
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.secrets.secret import Secret

_PUBLIC_GITHUB_API = "api.github.com"


def tracker_parts(settings: Settings, engine: Engine, transport: Transport) -> TrackerUseCases:
    """The use cases for the web part; what they ask by lives as long as the process.

    Raises:
        InvalidSetting: the key of a GitHub App cannot be used.
    """
    credentials = github_credentials(settings, transport)
    poller = _poller(settings, engine, transport, credentials, GitHubClients(settings.github_api_url, credentials))
    site = github_site(settings)
    return TrackerUseCases(
        store=poller.store,
        tracking=RepositoryEditing(poller.store, poller, utc_now, github_site=site),
        transferring=Transferring(poller.store, utc_now, github_site=site),
        poller=poller,
    )


@contextmanager
def open_tracker_worker(settings: Settings) -> Iterator[TrackerWorker]:
    """The worker's share, for as long as the block runs.

    Raises:
        InvalidSetting: the key of a GitHub App cannot be used.
    """
    database = open_database(settings)
    transport = open_transport(settings)
    credentials = github_credentials(settings, transport)
    outbox = SqlOutbox(database.engine)
    announcer = partial(MessageSender, outbox, notifier_of(settings), utc_now)
    try:
        with GitHubClients(settings.github_api_url, credentials) as github:
            poller = _poller(settings, database.engine, transport, credentials, github)
            yield TrackerWorker(PollRound(poller), outbox, announcer, utc_now)
    finally:
        transport.close()
        database.engine.dispose()


def image_announcer(engine: Engine) -> ImageAnnouncer:
    """What hands on what changed for images."""
    return ImageAnnouncer(SqlAnnouncedStore(engine), SqlOutbox(engine), utc_now)


def github_site(settings: Settings) -> str:
    """Where people open GitHub: an Enterprise Server has its API on its own host."""
    api = urlsplit(settings.github_api_url)
    return GITHUB_SITE if api.netloc == _PUBLIC_GITHUB_API else f"{api.scheme}://{api.netloc}"


def git_tokens(settings: Settings) -> Mapping[str, Secret]:
    """What git repositories at GitLab and GitHub are asked with, by host; only where https keeps it."""
    known = ((settings.gitlab_url, settings.gitlab_token), (github_site(settings), settings.github_token))
    return {urlsplit(site).netloc: token for site, token in known if token and site.startswith("https://")}


def hosts_of(credentials: GitHubCredentials) -> Callable[[Address], str]:
    """Names the place where an address is asked; at GitHub each allowance has limits of its own."""

    def named(address: Address) -> str:
        if address.type is not RepositoryType.GITHUB:
            return host_of(address)
        return f"GitHub ({credentials.allowance(address.path.partition('/')[0])})"

    return named


def _poller(
    settings: Settings, engine: Engine, transport: Transport, credentials: GitHubCredentials, github: GitHubClients
) -> Poller:
    registries = Registries(transport, registry_credentials(settings), mirrors=settings.registry_mirrors)
    made: tuple[ReleaseSource, ...] = (
        GitHubReleases(github),
        GitReleases(transport, tokens=git_tokens(settings)),
        ContainerReleases(registries),
    )
    sources = {source.type: source for source in made}
    return Poller(SqlTrackerStore(engine), sources, utc_now, settings.poll_interval, hosts_of(credentials))
