"""Dockerfiles from any git repository, with https or ssh."""

import time
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider
from provider.git.judged_host import judged
from provider.git.network import GitNetwork
from provider.git.temporary_repository import temporary_repository
from provider.ports import SourceFile
from provider.sources.file_text import file_text
from provider.sources.git_fetch import GitFetch
from proxy.deadline import Deadline, Monotonic
from proxy.errors import Never, NotFound
from proxy.http.addresses import AddressPolicy
from proxy.secrets.host_tokens import HostTokens

NETWORK_SECONDS = 60.0
_WHOLE_SECONDS = 180.0
_NO_TOKENS = HostTokens()
_DIRECT = GitNetwork()


class GitSource:
    """Fetches into a temporary folder and removes it afterwards. Safe to use from many threads.

    Args:
        policy: the hosts that may be asked; http is allowed only for hosts that it lists as insecure.
        tokens: of git servers; each is sent to its own server only, by https.
        network: the proxy and the certificates of git.
        network_seconds: time limit of one git command that connects to the server; all commands of one read have three
            minutes together.
        monotonic: the clock of the time limit of a read.
    """

    provider: ClassVar[SourceProvider] = "git"

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        tokens: HostTokens = _NO_TOKENS,
        network: GitNetwork = _DIRECT,
        network_seconds: float = NETWORK_SECONDS,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._policy = policy
        self._tokens = tokens
        self._network = network
        self._network_seconds = network_seconds
        self._monotonic = monotonic

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads public repositories, and private ones on hosts for which the settings have a token."""
        return cls(parts.transport.policy, tokens=parts.git_tokens, network=parts.git_network)

    def together(self, sources: Sequence[Source]) -> Self:  # noqa: ARG002 - each source is read alone
        """See the port."""
        return self

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port. All files are of one commit."""
        place = judged(source.repo, self._policy)
        token = self._tokens.for_address(place.address.text)
        deadline = Deadline.after(_WHOLE_SECONDS, self._monotonic)
        with temporary_repository(
            place, token, self._network, network_seconds=self._network_seconds, deadline=deadline
        ) as git:
            contents, commit = GitFetch(git, place.address.text, source.branch).read(paths)
        return {path: _file(content, f"{place.address.text}: {path}", commit) for path, content in contents.items()}


def _file(content: bytes | NotFound, where: str, commit: str) -> SourceFile | NotFound:
    if isinstance(content, NotFound):
        return content
    try:
        return SourceFile(file_text(content, where), commit)
    except NotFound as error:
        return error
