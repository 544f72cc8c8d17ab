"""The only list of variables and their defaults."""

from collections.abc import Mapping

from provider.domain.enrollment_grammar import branch_problem, line_problem, owner_problem
from provider.domain.source_address import webhook_problem
from provider.settings import parsing
from provider.settings.author import CommitAuthor
from provider.settings.conflicts import conflicts
from provider.settings.contact import Contact
from provider.settings.edges import header_name, network, rate_limits
from provider.settings.environment import Environment
from provider.settings.github_hooks import github_hooks
from provider.settings.people import group_owners, group_roles, scopes
from provider.settings.problems import SettingsError
from provider.settings.settings import LOCAL_URL, Settings
from provider.settings.traces import Traces
from proxy.http.egress import Egress, ProxyAddress
from proxy.secrets.secret import Secret

_DATABASE = "sqlite:///data/image-factory.db"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ` and in the files that NAME_FILE variables name.

    An empty variable counts as not set.

    Raises:
        SettingsError: one or more settings are wrong; it has a line for each problem, sorted by variable.
    """
    environment = Environment(environ)
    settings = _read(environment, home=environ.get("HOME") or "/")
    alone = set(environment.problems())
    # A GitHub App whose id or key cannot be read is only reported for that variable, not also as incomplete.
    together = [line for line in conflicts(settings) if not _reported(line, alone)]
    if problems := sorted({*alone, *together}):
        raise SettingsError(problems)
    return settings


def _insecure_hosts(of: Environment) -> tuple[str, ...]:
    """The hosts of both names of the setting; git servers and webhooks are hosts too, not only registries."""
    names = ("INSECURE_HOSTS", "INSECURE_REGISTRIES")
    return tuple(dict.fromkeys(host for name in names for host in of.value(name, "", parsing.each(parsing.host))))


def _read(of: Environment, home: str) -> Settings:
    line = parsing.following(line_problem)
    branch = parsing.following(branch_problem)
    owner = parsing.following(owner_problem)
    return Settings(
        database_url=of.from_secret("DATABASE_URL", _database_url, _DATABASE),
        config_repo=of.optional("CONFIG_REPO", parsing.git_address),
        config_branch=of.value("CONFIG_BRANCH", "main", branch),
        state_branch=of.optional("STATE_BRANCH", branch),
        config_token=of.secret("CONFIG_TOKEN"),
        config_checkout=of.value("CONFIG_CHECKOUT", "data/config", parsing.path_below(home)),
        commit_author=of.value("COMMIT_AUTHOR", "Image Factory <image-factory@localhost>", CommitAuthor.parse),
        commit_signing_key=of.optional("COMMIT_SIGNING_KEY", parsing.path_below(home)),
        enrollments=of.value("ENROLLMENTS", "commit", parsing.enrollment_mode),
        github_token=of.secret("GITHUB_TOKEN", parsing.header_token),
        github_app_id=of.optional("GITHUB_APP_ID", line),
        github_app_private_key=of.secret("GITHUB_APP_PRIVATE_KEY"),
        github_api_url=of.value("GITHUB_API_URL", "https://api.github.com", parsing.web_address),
        github_webhook_secret=of.secret("GITHUB_WEBHOOK_SECRET", parsing.long_secrets),
        github_hooks=of.value("GITHUB_HOOKS", "", github_hooks),
        gitlab_url=of.value("GITLAB_URL", "https://gitlab.com", parsing.web_address),
        gitlab_token=of.secret("GITLAB_TOKEN", parsing.header_token),
        registry_auth_file=of.value("REGISTRY_AUTH_FILE", "~/.docker/config.json", parsing.path_below(home)),
        insecure_hosts=_insecure_hosts(of),
        docker_hub_api_url=of.optional("DOCKER_HUB_API_URL", parsing.web_address),
        docker_hub_user=of.optional("DOCKER_HUB_USER", line),
        docker_hub_token=of.secret("DOCKER_HUB_TOKEN"),
        registry_mirrors=of.value("REGISTRY_MIRRORS", "", parsing.mirrors),
        trusted_realms=of.value("TRUSTED_REALMS", "", parsing.trusted_realms),
        cloud_credentials=of.value("CLOUD_CREDENTIALS", "auto", parsing.clouds),
        slack_token=of.secret("SLACK_TOKEN", parsing.header_token),
        slack_channel=of.optional("SLACK_CHANNEL", line),
        slack_api_url=of.value("SLACK_API_URL", "https://slack.com/api/", parsing.web_folder),
        releases_webhook_url=of.optional("RELEASES_WEBHOOK_URL", parsing.following(webhook_problem)),
        releases_webhook_secret=of.secret("RELEASES_WEBHOOK_SECRET", parsing.long_secret),
        releases_summary=of.optional("RELEASES_SUMMARY", parsing.time_of_day),
        poll_interval=of.value("POLL_INTERVAL", "1h", parsing.duration),
        check_interval=of.value("CHECK_INTERVAL", "15m", parsing.duration),
        base_check_interval=of.value("BASE_CHECK_INTERVAL", "24h", parsing.duration),
        history_retention=of.optional("HISTORY_RETENTION", parsing.duration),
        archive_retention=of.optional("ARCHIVE_RETENTION", parsing.duration),
        audit_retention=of.optional("AUDIT_RETENTION", parsing.duration),
        coordination_window=of.value("COORDINATION_WINDOW", "30m", parsing.window),
        max_concurrent_builds=of.value("MAX_CONCURRENT_BUILDS", "10", parsing.count),
        max_builds_per_source=of.value("MAX_BUILDS_PER_SOURCE", "3", parsing.count),
        rebuilds_stopped=of.optional("REBUILDS_STOPPED", line),
        api_tokens=of.from_secret("API_TOKENS", parsing.service_tokens, ()),
        backstage_url=of.optional("BACKSTAGE_URL", parsing.web_address),
        backstage_token=of.secret("BACKSTAGE_TOKEN", parsing.header_token),
        admins=of.value("ADMINS", "", parsing.each(owner)),
        oidc_issuer=of.optional("OIDC_ISSUER", parsing.web_address),
        oidc_client_id=of.optional("OIDC_CLIENT_ID", line),
        oidc_client_secret=of.secret("OIDC_CLIENT_SECRET"),
        oidc_scopes=of.value("OIDC_SCOPES", "openid profile email", scopes),
        oidc_groups_claim=of.value("OIDC_GROUPS_CLAIM", "groups", line),
        oidc_name=of.value("OIDC_NAME", "single sign-on", line),
        group_roles=of.value("GROUP_ROLES", "", group_roles),
        group_owners=of.value("GROUP_OWNERS", "", group_owners(owner_problem)),
        trusted_proxies=of.value("TRUSTED_PROXIES", "", parsing.each(network)),
        proxy_user_header=of.optional("PROXY_USER_HEADER", header_name),
        proxy_groups_header=of.optional("PROXY_GROUPS_HEADER", header_name),
        proxy_secret=of.secret("PROXY_SECRET", parsing.long_secret),
        rate_limits=of.value("RATE_LIMITS", "sign-in=300,webhooks=10000,catalog=600,health=3000", rate_limits),
        private_hosts=of.value("PRIVATE_HOSTS", "", parsing.each(parsing.host)),
        egress_proxy=_egress(of),
        ca_bundle=of.optional("CA_BUNDLE", parsing.path_below(home)),
        client_certificates=of.value("CLIENT_CERTIFICATES", "", parsing.client_certificates(home)),
        secret_key=of.secret("SECRET_KEY", parsing.long_secret),
        webhook_secret=of.secret("WEBHOOK_SECRET", parsing.long_secrets),
        catalog_public=of.value("CATALOG_PUBLIC", "false", parsing.switch),
        catalog_token=of.secret("CATALOG_TOKEN", parsing.long_secret),
        default_owner=of.value("DEFAULT_OWNER", "group:default/platform", owner),
        public_url=of.value("PUBLIC_URL", LOCAL_URL, parsing.web_address),
        contact=of.optional("CONTACT", Contact.parse),
        log_format=of.value("LOG_FORMAT", "text", parsing.log_format),
        worker_id=of.optional("WORKER_ID", parsing.worker_id),
        traces=of.environment(Traces.read, None),
    )


def _egress(of: Environment) -> Egress:
    setting: ProxyAddress | None = of.from_secret("EGRESS_PROXY", _proxy, None)
    return of.environment(lambda environ: Egress.read(setting, environ), Egress())


def _proxy(secret: Secret) -> ProxyAddress:
    return ProxyAddress.parse(secret.reveal())


def _database_url(secret: Secret) -> str:
    return parsing.database_url(secret.reveal())


def _reported(line: str, problems: set[str]) -> bool:
    variable = line.partition(":")[0]
    return any(problem.startswith((f"{variable}:", f"{variable}_FILE:")) for problem in problems)
