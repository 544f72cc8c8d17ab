"""The parts of a process from which adapters are made; `provider/composition/parts.py` makes them."""

from typing import Protocol

from provider.git.network import GitNetwork
from provider.ports import BuildReports
from provider.settings import Settings
from proxy.github.session import GitHubSession
from proxy.gitlab.session import GitLabSession
from proxy.http.transport import Transport
from proxy.ports import Registry
from proxy.secrets.host_tokens import HostTokens


class AdapterParts(Protocol):
    """One of each part for a process; a part is made when it is first used.

    Each property raises InvalidSetting if a setting is not valid.
    """

    @property
    def settings(self) -> Settings:
        """The settings of the service."""

    @property
    def transport(self) -> Transport:
        """Sends HTTP requests; its policy decides which hosts may be asked."""

    @property
    def registries(self) -> Registry:
        """All container registries."""

    @property
    def github(self) -> GitHubSession:
        """GitHub's API."""

    @property
    def gitlab(self) -> GitLabSession:
        """GitLab's API."""

    @property
    def build_reports(self) -> BuildReports:
        """What build systems reported about rebuilds."""

    @property
    def git_network(self) -> GitNetwork:
        """The proxy and the certificates of git."""

    @property
    def git_tokens(self) -> HostTokens:
        """The tokens of git servers."""
