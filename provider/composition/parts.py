"""The parts of one process, each made once: the database, connections, credentials, registries and GitHub."""

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import Engine

from provider.composition.credentials.registry_auth_file import naming_setting
from provider.composition.credentials.sources import SourceParts, credential_sources
from provider.composition.git_tokens import git_tokens
from provider.composition.opening import opened_engine
from provider.domain.records.counted import CountKind
from provider.git.network import GitNetwork
from provider.jobs.process_locks import ProcessLocks, jobs_url, process_locks_for
from provider.services.counting.work_counts import Tally
from provider.services.reports import Reports
from provider.services.standstill.works import Works
from provider.settings import Settings
from provider.store.beats import SqlBeats
from provider.store.cache import SqlCacheStorage
from provider.store.engine import open_quick_engine
from provider.store.images import SqlImageIndex
from provider.store.operations.build_reports import SqlBuildReports
from provider.store.operations.host_allowances import SqlHostAllowances
from provider.store.operations.work_counts import SqlWorkCounts
from proxy.cloud.ecr import AmazonClients
from proxy.cloud.offers import METADATA_HOSTS, clouds_in_use, identity_addresses
from proxy.cloud.sending import LibrarySender
from proxy.docker_hub.api import DockerHubApi
from proxy.github.app import AppCredentials
from proxy.github.credentials import FixedToken, GitHubCredentials
from proxy.github.known_answers import KnownAnswers
from proxy.github.session import GitHubSession
from proxy.gitlab.session import GitLabSession
from proxy.http.addresses import AddressPolicy, split_host
from proxy.http.budgets.allowance import Bucket, Rate
from proxy.http.budgets.shared_allowances import SharedAllowances
from proxy.http.transport import Transport
from proxy.http.trust import ClientCertificates, TrustedCertificates, system_certificates, with_bundle
from proxy.registries.host_labels import host_label
from proxy.registries.router import Registries
from proxy.secrets.host_tokens import HostTokens
from proxy.secrets.redactor import Redactor
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.versions.apis.own_hosts import OwnHosts


def utc_now() -> datetime:
    """The time of this machine's clock."""
    return datetime.now(UTC)


class Parts:
    """One of each part for a process, so that a budget, a breaker and a token cache hold per host, not per object.

    A part is made when it is first used: a command that only reads the database needs no credentials. Each part is
    safe to use from many threads. `close` closes the connections.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._ends = ExitStack()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The parts for these settings; a context manager. Programs that they start get this process's environment."""
        return cls(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._ends.close()

    def check(self) -> None:
        """Make the parts that can fail because of a setting, before any work starts.

        Raises:
            CannotOpen: the database.
            InvalidSetting: a credential or a certificate; the message names its setting.
        """
        _ = (self.registry_credentials, self.github_credentials, self.transport, self.engine)

    @cached_property
    def engine(self) -> Engine:
        """The database; its tables are up to date.

        Raises:
            CannotOpen: it cannot be opened, or a newer version of this program made it.
        """
        engine = opened_engine(self.settings.database_url)
        self._ends.callback(engine.dispose)
        return engine

    @cached_property
    def index(self) -> SqlImageIndex:
        """The index of images."""
        return SqlImageIndex(self.engine)

    @cached_property
    def beats(self) -> SqlBeats:
        """The last reports of the worker."""
        return SqlBeats(self.engine)

    @cached_property
    def build_reports(self) -> SqlBuildReports:
        """What build systems reported about rebuilds."""
        return SqlBuildReports(self.engine)

    @cached_property
    def reports(self) -> Reports:
        """Stores what the parts of the worker report about themselves."""
        return Reports(self.beats, utc_now, self.works.got_on)

    @cached_property
    def works(self) -> Works:
        """What the threads of the worker do."""
        return Works()

    @cached_property
    def counts(self) -> Tally:
        """Counts requests to other hosts, answers of the cache, and pushes."""
        return Tally(lambda: SqlWorkCounts(self.engine))

    def _count_request(self, host: str, outcome: str) -> None:
        self.counts.add(CountKind.UPSTREAM, self.host_label(host), outcome)

    def host_label(self, host: str) -> str:
        """The name of a host in a metric; the host may have a port."""
        settings = self.settings
        apis = (urlsplit(address).hostname or "" for address in (settings.github_api_url, settings.gitlab_url))
        named = {*apis, *settings.listed_hosts, *settings.registry_mirrors.values(), *self.registry_credentials.hosts}
        return host_label(split_host(host)[0], named)

    @cached_property
    def registry_credentials(self) -> RegistryCredentials:
        """The credentials in the registry auth file, in the credential helpers and the store that it names, and others.

        Raises:
            InvalidSetting: the file cannot be read.
        """
        sources = credential_sources(
            SourceParts(
                self.settings,
                os.environ,
                github=lambda: self.github_credentials,
                transport=lambda: self.transport,
                sender=self.cloud_sender,
                amazon=self.amazon,
            )
        )
        file = self.settings.registry_auth_file
        return RegistryCredentials.load(file, os.environ, sources, utc_now, naming_setting(file, os.environ))

    @cached_property
    def cloud_sender(self) -> LibrarySender:
        """Sends what the clouds' libraries ask for."""
        return LibrarySender(lambda: self.cloud_transport)

    @cached_property
    def amazon(self) -> AmazonClients:
        """boto3's clients."""
        clouds = clouds_in_use(self.settings.cloud_credentials, os.environ)
        return AmazonClients(self.cloud_sender, active="aws" in clouds)

    @cached_property
    def github_credentials(self) -> GitHubCredentials:
        """The credentials of the GitHub App, or the token; without either, requests to GitHub are anonymous.

        Raises:
            InvalidSetting: the App's key cannot be used.
        """
        settings = self.settings
        if settings.github_app_id and settings.github_app_private_key:
            app = settings.github_app_id, settings.github_app_private_key
            return AppCredentials(self.transport, settings.github_api_url, *app, now=utc_now)
        return FixedToken(settings.github_token)

    @cached_property
    def git_tokens(self) -> HostTokens:
        """The tokens of git repositories, by host."""
        return git_tokens(self.settings)

    @cached_property
    def git_network(self) -> GitNetwork:
        """The proxy and the certificates of git.

        Raises:
            InvalidSetting: a file with certificates cannot be used.
        """
        settings = self.settings
        clients = ClientCertificates(settings.client_certificates)
        return GitNetwork(settings.egress_proxy, self.trusted if settings.ca_bundle else None, clients)

    @cached_property
    def redactor(self) -> Redactor:
        """Finds every secret of the settings and of the registry auth file; none may appear in logs or answers.

        Raises:
            InvalidSetting: the registry auth file cannot be read.
        """
        credentials = self.registry_credentials
        return Redactor(self.settings.secrets, lambda: credentials.secrets)

    @cached_property
    def trusted(self) -> TrustedCertificates:
        """The certificates that hosts may have: the system's, and those of the settings.

        Raises:
            InvalidSetting: the bundle of the settings cannot be used.
        """
        return self._ends.enter_context(with_bundle(system_certificates(os.environ), self.settings.ca_bundle))

    @cached_property
    def transport(self) -> Transport:
        """Sends requests to the hosts that the settings and the registry auth file allow.

        Raises:
            InvalidSetting: a file with certificates cannot be used.
        """
        settings = self.settings
        hosts, credentials = settings.listed_hosts, self.registry_credentials
        policy = AddressPolicy(
            hosts, settings.http_hosts, egress=settings.egress_proxy, named_hosts=lambda: credentials.hosts
        )
        return self._transport(policy.with_mirrors(settings.registry_mirrors.values()))

    @cached_property
    def cloud_transport(self) -> Transport:
        """Sends requests for the clouds' libraries, also to metadata servers, which nothing else may reach."""
        settings = self.settings
        proxies = settings.egress_proxy
        egress = replace(proxies, no_proxy=(*proxies.no_proxy, *METADATA_HOSTS))
        policy = AddressPolicy(settings.listed_hosts, settings.http_hosts, egress=egress)
        return self._transport(policy.with_mirrors(identity_addresses(os.environ)))

    def _transport(self, policy: AddressPolicy) -> Transport:
        clients = ClientCertificates(self.settings.client_certificates)
        clients.check()
        transport = Transport(
            policy, now=utc_now, sleep=time.sleep, trusted=self.trusted, clients=clients, counted=self._count_request
        )
        self._ends.callback(transport.close)
        return transport

    @cached_property
    def registries(self) -> Registries:
        """All container registries."""
        settings = self.settings
        return Registries(
            self.transport,
            self.registry_credentials,
            mirrors=settings.registry_mirrors,
            trusted_realms=settings.trusted_realms,
            make_allowance=self.allowances.make,
        )

    @cached_property
    def allowances(self) -> SharedAllowances:
        """The requests per second that hosts get from all processes of the database."""
        return SharedAllowances(self._take_shared, utc_now)

    def _take_shared(self, host: str, rate: Rate, now: datetime) -> Bucket | None:
        # A command that reads no database makes none to ask a registry.
        return self._host_allowances.take(host, rate, now) if "engine" in vars(self) else None

    @cached_property
    def _host_allowances(self) -> SqlHostAllowances:
        engine = open_quick_engine(self.settings.database_url)
        self._ends.callback(engine.dispose)
        return SqlHostAllowances(engine)

    @cached_property
    def docker_hub(self) -> DockerHubApi | None:
        """The API of Docker Hub; None: it is not asked, because a mirror serves docker.io."""
        address = self.settings.docker_hub_address
        login = self.settings.docker_hub_user, self.settings.docker_hub_token
        return DockerHubApi(self.transport, address, *login, self.allowances.make) if address else None

    @cached_property
    def own_hosts(self) -> OwnHosts:
        """Other APIs at the own hosts of registries."""
        return OwnHosts(self.transport, self.registry_credentials, self.registries)

    @cached_property
    def locks(self) -> ProcessLocks:
        """The locks between the processes of this service."""
        return process_locks_for(jobs_url(self.settings.database_url))

    @cached_property
    def github(self) -> GitHubSession:
        """The API of GitHub; its last answers are in the database, and the turns to write are those of all processes.

        Raises:
            CannotOpen: the database.
        """
        known = KnownAnswers(SqlCacheStorage(self.engine, now=utc_now), utc_now)
        credentials = self.github_credentials
        return GitHubSession(self.transport, self.settings.github_api_url, credentials, known, self.locks.acquire)

    @cached_property
    def gitlab(self) -> GitLabSession:
        """The API of GitLab."""
        return GitLabSession(self.transport, self.settings.gitlab_url, self.settings.gitlab_token)
