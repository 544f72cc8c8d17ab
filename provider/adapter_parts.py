"""What adapters are made from: the parts of their process, which `provider/composition/parts.py` makes."""

from collections.abc import Mapping
from typing import Protocol

from provider.settings import Settings
from proxy.github.session import GitHubSession
from proxy.http.transport import Transport
from proxy.ports import Registry
from proxy.secrets.secret import Secret


class AdapterParts(Protocol):
    """One of each part for a process; a part is made when it is first asked for.

    Each of them raises InvalidSetting where a setting cannot be used.
    """

    @property
    def settings(self) -> Settings:
        """What the service is set to."""

    @property
    def transport(self) -> Transport:
        """Sends requests; its policy says which hosts may be asked."""

    @property
    def registries(self) -> Registry:
        """Every registry."""

    @property
    def github(self) -> GitHubSession:
        """GitHub's API, by owner."""

    @property
    def git_tokens(self) -> Mapping[str, Secret]:
        """Host, or host:port, to the token for https addresses of git repositories there."""
