"""The outside world, as the settings say: the clock, the database, what requests are sent by, credentials."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from provider.settings import Settings
from provider.store.beats import SqlBeats
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from proxy.github.app import AppCredentials
from proxy.github.credentials import FixedToken, GitHubCredentials
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.registry_credentials import RegistryCredentials


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


def open_transport(settings: Settings) -> Transport:
    """What requests are sent by, to the hosts that the settings allow."""
    listed = (*settings.listed_hosts, *registry_credentials(settings).hosts)
    policy = AddressPolicy(listed, settings.http_hosts).with_mirrors(settings.registry_mirrors.values())
    return Transport(policy, now=utc_now, sleep=time.sleep)


def registry_credentials(settings: Settings) -> RegistryCredentials:
    """Those of the registry auth file."""
    return RegistryCredentials.load(settings.registry_auth_file, {})


def github_credentials(settings: Settings, transport: Transport) -> GitHubCredentials:
    """The GitHub App's, or the token's; where neither is set GitHub is asked as nobody.

    Raises:
        InvalidSetting: the App's key cannot be used.
    """
    if settings.github_app_id and settings.github_app_private_key:
        app = settings.github_app_id, settings.github_app_private_key
        return AppCredentials(transport, settings.github_api_url, *app, now=utc_now)
    return FixedToken(settings.github_token)
