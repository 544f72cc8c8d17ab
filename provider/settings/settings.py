"""The settings of the service."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from catalog.reference import DOCKER_HUB
from provider.auth.callers import CallerRole, ServiceToken
from provider.auth.proxies.public_groups import PublicGroup
from provider.auth.proxies.trusted_proxies import Network
from provider.auth.sign_in.group_rules import GroupRules
from provider.settings.author import CommitAuthor
from provider.settings.contact import Contact
from provider.settings.github_hooks import GitHubHook
from provider.settings.hosts import host_of, plain_http_host
from provider.settings.traces import Traces
from proxy.cloud.offers import Cloud
from proxy.http.egress import Egress
from proxy.http.trust import ClientCertificate
from proxy.secrets.secret import Secret

LogFormat = Literal["text", "json"]
EnrollmentMode = Literal["commit", "pull-request"]
LOCAL_URL = "http://127.0.0.1:8080"
"""The default of `Settings.public_url`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, read and checked; docs/settings.md describes each one.

    Addresses have no slash at the end, `slack_api_url` always has one. Hosts are in lower case, `host` or `host:port`.
    """

    # It may contain a password.
    database_url: str = field(repr=False)
    config_repo: str | None
    config_branch: str
    state_branch: str | None
    config_token: Secret | None
    config_checkout: Path
    commit_author: CommitAuthor
    commit_signing_key: Path | None
    enrollments: EnrollmentMode
    github_token: Secret | None
    github_app_id: str | None
    github_app_private_key: Secret | None
    github_api_url: str
    github_webhook_secret: Secret | None
    github_hooks: tuple[GitHubHook, ...]
    gitlab_url: str
    gitlab_token: Secret | None
    registry_auth_file: Path
    insecure_hosts: tuple[str, ...]
    docker_hub_api_url: str | None
    docker_hub_user: str | None
    docker_hub_token: Secret | None
    registry_mirrors: Mapping[str, str]
    trusted_realms: Mapping[str, str]
    # None: those whose environment variables are set.
    cloud_credentials: frozenset[Cloud] | None
    slack_token: Secret | None
    slack_channel: str | None
    slack_api_url: str
    # It may contain a secret in its path.
    releases_webhook_url: str | None = field(repr=False)
    releases_webhook_secret: Secret | None
    # The time of the day, in UTC; None: no summary.
    releases_summary: time | None
    poll_interval: timedelta
    check_interval: timedelta
    base_check_interval: timedelta
    history_retention: timedelta | None
    archive_retention: timedelta | None
    audit_retention: timedelta | None
    coordination_window: timedelta
    max_concurrent_builds: int
    max_builds_per_source: int
    # Why no rebuild starts; None: they start.
    rebuilds_stopped: str | None
    api_tokens: tuple[ServiceToken, ...]
    backstage_url: str | None
    backstage_token: Secret | None
    admins: tuple[str, ...]
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: Secret | None
    oidc_scopes: tuple[str, ...]
    oidc_groups_claim: str
    # What people call the provider.
    oidc_name: str
    # The role of each group of the provider, in order, and the reference of Backstage that each is.
    group_roles: Mapping[str, CallerRole]
    group_owners: Mapping[str, str]
    # Reverse proxies in front, and the headers in which they name people whom they have signed in.
    trusted_proxies: tuple[Network, ...]
    proxy_user_header: str | None
    proxy_groups_header: str | None
    proxy_secret: Secret | None
    # Requests a minute of one address.
    rate_limits: Mapping[PublicGroup, int]
    private_hosts: tuple[str, ...]
    egress_proxy: Egress
    ca_bundle: Path | None
    client_certificates: Mapping[str, ClientCertificate]
    secret_key: Secret | None
    webhook_secret: Secret | None
    catalog_public: bool
    catalog_token: Secret | None
    default_owner: str
    public_url: str
    # Whom people ask for access.
    contact: Contact | None
    log_format: LogFormat
    # None: another one for each process.
    worker_id: str | None
    # None: no traces are made.
    traces: Traces | None

    @property
    def authenticated(self) -> bool:
        """Whether callers can authenticate; without that the service only accepts requests from its own machine."""
        return bool(self.api_tokens) or any((self.backstage_url, self.oidc_issuer, self.proxy_user_header))

    @property
    def groups(self) -> GroupRules:
        """What the groups of people permit."""
        return GroupRules(self.group_roles, self.group_owners)

    @property
    def known_public_url(self) -> str | None:
        """`public_url`, or None while nobody has set it: the default leads people elsewhere to their own machine."""
        return None if self.public_url == LOCAL_URL else self.public_url

    @property
    def pushes_to_backstage(self) -> bool:
        """Whether changes of the catalog are pushed to Backstage."""
        return self.backstage_url is not None and self.backstage_token is not None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All secrets; logs and answers hide them."""
        set_ones = (getattr(self, each.name) for each in fields(self))
        password = unquote(urlsplit(self.database_url).password or "")
        found = [value for value in set_ones if isinstance(value, Secret)]
        webhooks = *self.webhook_secrets, *self.github_webhook_secrets
        return (
            *found,
            *(token.secret for token in self.api_tokens),
            *webhooks,
            *self.egress_proxy.secrets,
            *(self.traces.secrets if self.traces else ()),
            *map(Secret, filter(None, (password,))),
        )

    @property
    def webhook_secrets(self) -> tuple[Secret, ...]:
        """The secrets of `webhook_secret`: several may be valid at once, so that they can be changed."""
        return _each(self.webhook_secret)

    @property
    def github_webhook_secrets(self) -> tuple[Secret, ...]:
        """The secrets of `github_webhook_secret`, as `webhook_secrets`."""
        return _each(self.github_webhook_secret)

    @property
    def docker_hub_address(self) -> str | None:
        """The address of Docker Hub's API; None: it is not asked.

        A mirror of docker.io replaces it too, unless a setting names the API or its user.
        """
        mirrored = DOCKER_HUB in self.registry_mirrors and not self.docker_hub_user
        return self.docker_hub_api_url or (None if mirrored else "https://hub.docker.com")

    @property
    def listed_hosts(self) -> tuple[str, ...]:
        """The hosts that may have private addresses: those listed, and those that another setting names."""
        named = (host_of(address) for address in (*self._addresses, self.releases_webhook_url or ""))
        realms = (*self.trusted_realms, *self.trusted_realms.values())
        return _distinct((*self.private_hosts, *self.insecure_hosts, *realms, *filter(None, named)))

    @property
    def http_hosts(self) -> tuple[str, ...]:
        """The hosts for which plain http is allowed: those listed, and those of settings with an http address."""
        named = (plain_http_host(address) for address in self._addresses)
        return _distinct((*self.insecure_hosts, *filter(None, named)))

    @property
    def _addresses(self) -> tuple[str, ...]:
        """Every address that the service sends requests to, so without `public_url`."""
        written = (
            self.config_repo,
            *self.registry_mirrors.values(),
            self.github_api_url,
            self.gitlab_url,
            self.docker_hub_address,
            self.slack_api_url,
            self.backstage_url,
            self.oidc_issuer,
        )
        return tuple(filter(None, written))


def _each(listed: Secret | None) -> tuple[Secret, ...]:
    texts = listed.reveal().split(",") if listed else []
    return tuple(Secret(text.strip()) for text in texts if text.strip())


def _distinct(hosts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hosts))
