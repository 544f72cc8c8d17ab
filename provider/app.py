"""The composition root: the only module that knows every part. Nothing happens before these functions are called."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, make_url

from provider.auth.access import Access
from provider.auth.backstage import Backstage
from provider.builds.github_actions import GitHubActions
from provider.builds.router import BuildSystems
from provider.config_repo.git import ConfigRepository
from provider.config_repo.records import Records
from provider.domain.plan import Limits
from provider.github_client import GitHubClients
from provider.services.factory import Factory, Pace
from provider.services.health import ServiceHealth
from provider.services.projection import Projection
from provider.services.worker import Worker
from provider.settings import Settings
from provider.sources.git import GitSource
from provider.sources.github import GitHubSource
from provider.sources.router import Sources
from provider.store.beats import SqlBeats
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from provider.web import create_web
from proxy.addresses import AddressPolicy
from proxy.credentials import RegistryCredentials
from proxy.github.app import AppCredentials
from proxy.github.credentials import FixedToken, GitHubCredentials
from proxy.registries.router import Registries
from proxy.transport import Transport

_log = logging.getLogger(__name__)
_SQLITE = "sqlite"
PACKAGE = "image-factory"
SHORTEST_FOLLOWING = timedelta(seconds=15)


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Database:
    """The database and what is read from it."""

    engine: Engine
    index: SqlImageIndex
    beats: SqlBeats


def open_database(settings: Settings) -> Database:
    """Open it, and bring its tables up to date."""
    engine = open_engine(settings.database_url)
    migrate(engine)
    return Database(engine, SqlImageIndex(engine), SqlBeats(engine))


def create_app(settings: Settings) -> Flask:
    """The web part: reads the database, writes nothing."""
    database = open_database(settings)
    health = ServiceHealth(database.index, database.beats, utc_now, settings.check_interval)
    return create_web(
        database.index,
        health,
        access_of(settings),
        now=utc_now,
        public_url=settings.public_url,
        version=version(PACKAGE),
        beats=database.beats.beats,
    )


def access_of(settings: Settings) -> Access:
    """Who may call the web part."""
    backstage = None
    if settings.backstage_url:
        policy = AddressPolicy(settings.listed_hosts, settings.http_hosts)
        transport = Transport(policy, now=utc_now, sleep=time.sleep)
        backstage = Backstage(settings.backstage_url, transport, utc_now)
    return Access(
        settings.api_tokens,
        catalog_public=settings.catalog_public,
        catalog_token=settings.catalog_token,
        backstage=backstage,
        admins=settings.admins,
    )


@contextmanager
def open_worker(settings: Settings) -> Iterator[Worker]:
    """The worker: holds the checkout of the config repository for as long as it is open.

    Raises:
        ProviderError: the config repository cannot be opened; the message says what to do.
        InvalidSetting: another setting cannot be used, such as the key of a GitHub App.
    """
    database = open_database(settings)
    transport = Transport(_policy(settings), now=utc_now, sleep=time.sleep)
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
            yield Worker(factory, database.beats, utc_now)
    finally:
        transport.close()
        database.engine.dispose()


def periods_of(settings: Settings) -> tuple[timedelta, timedelta]:
    """How often everything is looked at, and how often what is under way."""
    return settings.check_interval, min(settings.check_interval, SHORTEST_FOLLOWING)


def jobs_url(settings: Settings) -> str:
    """Where the queues are: a file of their own beside a SQLite database, else the same PostgreSQL."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != _SQLITE or not url.database:
        return settings.database_url
    return f"sqlite:///{Path(url.database).parent / 'jobs.db'}"


def github_credentials(settings: Settings, transport: Transport) -> GitHubCredentials:
    """The GitHub App's, or the token's; where neither is set GitHub is asked as nobody.

    Raises:
        InvalidSetting: the App's key cannot be used.
    """
    if settings.github_app_id and settings.github_app_private_key:
        app = settings.github_app_id, settings.github_app_private_key
        return AppCredentials(transport, settings.github_api_url, *app, now=utc_now)
    return FixedToken(settings.github_token)


def _factory(
    settings: Settings,
    repository: ConfigRepository,
    database: Database,
    transport: Transport,
    github: GitHubClients,
) -> Factory:
    policy = transport.policy
    may_build = settings.github_token or settings.github_app_id
    credentials = _credentials(settings)
    return Factory(
        store=Records(repository, settings.http_hosts),
        registries=Registries(transport, credentials, mirrors=settings.registry_mirrors),
        sources=Sources([GitHubSource(github), GitSource(policy)]),
        builds=BuildSystems([GitHubActions(github)] if may_build else []),
        index=database.index,
        now=utc_now,
        new_id=lambda: secrets.token_hex(6),
        skew=transport.clock_skew,
        limits=Limits(settings.coordination_window, settings.max_concurrent_builds, settings.max_builds_per_source),
        pace=Pace(settings.check_interval, settings.base_check_interval),
        projection=Projection(database.index, settings.default_owner),
    )


def _policy(settings: Settings) -> AddressPolicy:
    listed = (*settings.listed_hosts, *_credentials(settings).hosts)
    return AddressPolicy(listed, settings.http_hosts).with_mirrors(settings.registry_mirrors.values())


def _credentials(settings: Settings) -> RegistryCredentials:
    return RegistryCredentials.load(settings.registry_auth_file, {})
