"""The tokens for git repositories, and the address of GitHub's web site. Pure."""

from urllib.parse import urlsplit

from provider.settings import Settings
from provider.tracker.decisions.addresses import GITHUB_SITE
from proxy.secrets.host_tokens import HostTokens

_PUBLIC_GITHUB_API = "api.github.com"


def github_site(settings: Settings) -> str:
    """The address of GitHub's web site; an Enterprise Server has its API on the same host."""
    api = urlsplit(settings.github_api_url)
    return GITHUB_SITE if api.netloc == _PUBLIC_GITHUB_API else f"{api.scheme}://{api.netloc}"


def git_tokens(settings: Settings) -> HostTokens:
    """The tokens for git repositories on GitLab and GitHub, by host; only for https addresses."""
    return HostTokens.of_sites(
        ((settings.gitlab_url, settings.gitlab_token), (github_site(settings), settings.github_token))
    )
