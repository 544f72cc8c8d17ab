"""The composition root: the only module that knows every part. Nothing happens before these functions are called."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url

from provider import PACKAGE
from provider.api.github_face import PREFIX as GITHUB_FACE
from provider.api.upstreams import GitHubUpstream, RegistryUpstream
from provider.auth.access import Access
from provider.auth.backstage import Backstage
from provider.auth.secret_key import secret_key
from provider.builds.github_actions import GitHubActions
from provider.builds.router import BuildSystems
from provider.composition.outside import (
    Database,
    github_credentials,
    open_database,
    open_transport,
    registry_credentials,
    utc_now,
)
from provider.composition.tracker import image_announcer, tracker_parts
from provider.composition.web import create_web
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.plan import BuildCaps
from provider.github_client import GitHubClients
from provider.services.health import ServiceHealth
from provider.services.publishing import Publisher
from provider.services.round import Pace, Round
from provider.services.worker import Worker
from provider.settings import Settings
from provider.sources.git import GitSource
from provider.sources.github import GitHubSource
from provider.sources.router import Sources
from provider.store.cache import SqlCacheStorage
from proxy.cache import Cache
from proxy.docker_hub.api import DockerHubApi
from proxy.github.actions import WorkflowRuns
from proxy.github.face import GitHubFace
from proxy.github.kept_runs import KeptRuns
from proxy.github.session import GitHubSession
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.secrets.hiding import Hiding
from proxy.secrets.redaction import Redactor
from proxy.secrets.secret import Secret
from proxy.versions.sources import Upstreams
from proxy.versions.versions import Versions

_log = logging.getLogger(__name__)
_SQLITE = "sqlite"
SHORTEST_FOLLOWING = timedelta(seconds=15)
LONGEST_POLL_PERIOD = timedelta(minutes=1)


def create_app(settings: Settings) -> Flask:
    """The web part: reads the database, asks upstream for what nobody keeps, writes answers and what is tracked.

    Raises:
        InvalidSetting: a setting cannot be used, such as the key of a GitHub App.
    """
    database = open_database(settings)
    # For as long as the process lives, as the database.
    transport = open_transport(settings)
    github, registries = _readers(settings, database, transport)
    return create_web(
        database.index,
        ServiceHealth(database.index, database.beats, utc_now, settings.check_interval),
        access_of(settings, transport),
        now=utc_now,
        public_url=settings.public_url,
        version=version(PACKAGE),
        beats=database.beats.beats,
        registries=registries,
        github=github,
        tracker=tracker_parts(settings, database.engine, transport),
        secret_key=session_key(settings),
        redact=Redactor((*settings.secrets, *registry_credentials(settings).secrets)),
    )


def access_of(settings: Settings, transport: Transport) -> Access:
    """Who may call the web part."""
    return Access(
        settings.api_tokens,
        catalog_public=settings.catalog_public,
        catalog_token=settings.catalog_token,
        backstage=Backstage(settings.backstage_url, transport, utc_now) if settings.backstage_url else None,
        admins=settings.admins,
        public_url=settings.public_url,
    )


def session_key(settings: Settings) -> Secret:
    """What browsers' sessions are signed with: set, or made once beside the database.

    Raises:
        InvalidSetting: it is too short, or cannot be kept.
    """
    url = make_url(settings.database_url)
    folder = Path(url.database).parent if url.get_backend_name() == _SQLITE and url.database else Path("data")
    return secret_key(settings.secret_key, folder / "secret-key")


def check_credentials(settings: Settings) -> None:
    """See that the credentials can be used, before any process is started that would need them.

    Raises:
        InvalidSetting: one cannot; the message names its setting.
    """
    github_credentials(settings, open_transport(settings))
    session_key(settings)


def _readers(settings: Settings, database: Database, transport: Transport) -> tuple[GitHubUpstream, RegistryUpstream]:
    """What the web part reads from the outside by, all through one cache."""
    cache = Cache(SqlCacheStorage(database.engine, now=utc_now), now=utc_now, sleep=time.sleep)
    credentials = registry_credentials(settings)
    session = GitHubSession(transport, settings.github_api_url, github_credentials(settings, transport))
    hub = DockerHubApi(transport, settings.docker_hub_api_url, settings.docker_hub_user, settings.docker_hub_token)
    registries = Registries(transport, credentials, mirrors=settings.registry_mirrors)
    hiding = Hiding((*settings.secrets, *credentials.secrets))
    kept = KeptRuns(cache, utc_now)
    face_url = f"{settings.public_url}{GITHUB_FACE}"
    face = GitHubFace(session, kept, hiding, api_url=settings.github_api_url, face_url=face_url)
    versions = Versions(Upstreams(cache, registries, session, hub), utc_now)
    return GitHubUpstream(WorkflowRuns(session, kept), face), RegistryUpstream(versions, hiding)


@contextmanager
def open_worker(settings: Settings) -> Iterator[Worker]:
    """The worker: holds the checkout of the config repository for as long as it is open.

    Raises:
        ProviderError: the config repository cannot be opened; the message says what to do.
        InvalidSetting: another setting cannot be used, such as the key of a GitHub App.
    """
    database = open_database(settings)
    transport = open_transport(settings)
    try:
        with (
            GitHubClients(settings.github_api_url, github_credentials(settings, transport)) as github,
            ConfigRepository.open(
                settings.config_repo,
                checkout=settings.config_checkout,
                branch=settings.config_branch,
                state_branch=settings.state_branch,
                token=settings.config_token,
                http_hosts=settings.http_hosts,
            ) as repository,
        ):
            factory = _factory(settings, repository, database, transport, github)
            yield Worker(factory, database.beats, utc_now, image_announcer(database.engine).look)
    finally:
        transport.close()
        database.engine.dispose()


def periods_of(settings: Settings) -> tuple[timedelta, timedelta]:
    """How often everything is looked at, and how often what is under way."""
    return settings.check_interval, min(settings.check_interval, SHORTEST_FOLLOWING)


def poll_period(settings: Settings) -> timedelta:
    """How often it is looked whether a poll is due."""
    return min(settings.poll_interval, LONGEST_POLL_PERIOD)


def jobs_url(settings: Settings) -> str:
    """Where the queues are: a file of their own beside a SQLite database, else the same PostgreSQL."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != _SQLITE or not url.database:
        return settings.database_url
    return f"sqlite:///{Path(url.database).parent / 'jobs.db'}"


def _factory(
    settings: Settings,
    repository: ConfigRepository,
    database: Database,
    transport: Transport,
    github: GitHubClients,
) -> Round:
    policy = transport.policy
    may_build = settings.github_token or settings.github_app_id
    credentials = registry_credentials(settings)
    return Round(
        store=GitSnapshotStore(repository, settings.http_hosts),
        registries=Registries(transport, credentials, mirrors=settings.registry_mirrors),
        sources=Sources([GitHubSource(github), GitSource(policy)]),
        builds=BuildSystems([GitHubActions(github)] if may_build else []),
        index=database.index,
        now=utc_now,
        new_id=lambda: secrets.token_hex(6),
        skew=transport.clock_skew,
        limits=BuildCaps(settings.coordination_window, settings.max_concurrent_builds, settings.max_builds_per_source),
        pace=Pace(settings.check_interval, settings.base_check_interval),
        projection=Publisher(database.index, settings.default_owner),
    )
