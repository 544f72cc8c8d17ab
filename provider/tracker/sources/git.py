"""Releases of git repositories: their tags, by https or ssh."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.git.environment import basic
from provider.git.judged_host import allowed
from provider.git.network import GitNetwork
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.one_version import tags_to_read
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.release import FoundRelease, ReleaseList
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.sources.git_command_line import NETWORK_SECONDS, GitCommandLine
from provider.tracker.sources.git_refs import RemoteTag
from provider.tracker.sources.git_wire import AskGit, GitWire
from provider.tracker.sources.tag_lists import highest, is_release, memory_of
from proxy.errors import OutsideFailure
from proxy.http.transport import Transport
from proxy.observing.event_log import EventLog
from proxy.secrets.host_tokens import HostTokens

DATES = 20
"""So many dates are asked for at a poll at most: of the highest versions that are new."""

_NO_TOKENS = HostTokens()
_DIRECT = GitNetwork()
_log = EventLog(__name__)


class GitReleases:
    """Lists the tags, by one request where the server speaks protocol v2 over http, else by git. Safe for threads.

    Args:
        transport: sends the requests; its policy says which hosts git may be sent to, too.
        tokens: of git servers; each is sent to its own server only, by https.
        network: the proxy and the certificates of git.
        network_seconds: how long one git command may speak with the server.
    """

    type: ClassVar[RepositoryType] = RepositoryType.GIT

    def __init__(
        self,
        transport: Transport,
        *,
        tokens: HostTokens = _NO_TOKENS,
        network: GitNetwork = _DIRECT,
        network_seconds: float = NETWORK_SECONDS,
    ) -> None:
        self._policy = transport.policy
        self._wire = GitWire(transport)
        self._command_line = GitCommandLine(transport.policy, network, network_seconds=network_seconds)
        self._tokens = tokens

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads private repositories of the hosts that the settings have a token for."""
        return cls(parts.transport, tokens=parts.git_tokens, network=parts.git_network)

    def poll(
        self,
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,  # noqa: ARG002 - the list has the commit of each tag
    ) -> Found | UnchangedList:
        """See the port. `hash` is the commit, also behind annotated tags.

        Git's list tells no dates. Where the server sends commits without their files, the dates of the 20 highest new
        versions are fetched; where it does not, or the fetch fails, and over ssh, they are None.
        """
        url, over_http = self._url(address)
        tags = [tag for tag in self._tags(url, over_http=over_http) if is_release(tag.name, wanted)]
        now = memory_of(wanted, (f"{tag.hash} {tag.name}" for tag in tags))
        if now == memory:
            return UnchangedList()
        kept = frozenset(known)
        plain = tags_to_read([tag.name for tag in tags], wanted.tag_form)
        new = highest((tag for tag in plain if tag not in kept), wanted.tag_form, DATES)
        dates = self._dates(url, new) if new and over_http else {}
        return Found(
            None,
            tuple(
                FoundRelease(tag.name, dates.get(tag.name), hash=tag.hash, listed_in=ReleaseList.TAGS) for tag in tags
            ),
            now,
        )

    def _url(self, address: Address) -> tuple[str, bool]:
        """The address as git is given it, and whether our own requests can ask there."""
        checked = allowed(address.url, self._policy)
        if checked.protocol not in {"https", "http"} or "?" in checked.text or "#" in checked.text:
            return checked.text, False
        return checked.text.rstrip("/"), True

    def _tags(self, url: str, *, over_http: bool) -> tuple[RemoteTag, ...]:
        found = self._wire.tags(url, self._header(url)) if over_http else AskGit(url)
        return (
            self._command_line.tags(found.url, self._tokens.for_address(found.url))
            if isinstance(found, AskGit)
            else found
        )

    def _dates(self, url: str, tags: Sequence[str]) -> Mapping[str, datetime]:
        try:
            served_at = self._wire.filtering(url, self._header(url))
            if served_at is None:
                return {}
            return self._command_line.dates(served_at, self._tokens.for_address(served_at), tags)
        except OutsideFailure as error:
            _log.info("tags_without_dates", "{address}: no dates of new tags: {error}", address=url, error=error)
            return {}

    def _header(self, url: str) -> Mapping[str, str]:
        token = self._tokens.for_address(url)
        return {"authorization": f"Basic {basic(token)}"} if token else {}
