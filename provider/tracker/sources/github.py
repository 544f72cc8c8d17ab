"""Releases of repositories at GitHub, by PyGithub: its releases, its tags, or both."""

from collections.abc import Collection
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.domain.source_address import repo_problem
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import ListSource, WantedVersions
from provider.tracker.sources.github_documents import UnreadableList
from provider.tracker.sources.github_identity import check_name_of_missing, identified
from provider.tracker.sources.github_lists import MOST_BYTES
from provider.tracker.sources.github_memory import GitHubMemory
from provider.tracker.sources.github_reading import RepositoryReading
from proxy.errors import Garbage, NotFound
from proxy.github.pygithub import SessionRequester
from proxy.github.session import GitHubSession


class GitHubReleases:
    """Asks for the first page of a list, on condition that it changed, and for the others only where something is new.

    An unchanged list costs none of the rate limit, and one in which only counters changed costs one request. Once a day
    the lists are read whole: then releases that are gone, releases of old commits, and tags that were moved are noticed
    too. Without a wish, the releases are read, and the tags as long as there never was a release. Where releases
    appear that leave out the newest tags, both are read from then on. Tags have no dates, which would cost a request
    each. A repository whose number is known is asked for by its number, so it is found under its new name after it was
    renamed, and another repository never answers in its place. Safe to use from many threads.
    """

    type: ClassVar[RepositoryType] = RepositoryType.GITHUB

    def __init__(self, session: GitHubSession) -> None:
        self._session = session

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads what the service's own credentials may see."""
        return cls(parts.github)

    def poll(
        self,
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        """See the port; the hash of a release is None where its tag is not there: a draft's may not be made yet."""
        if problem := repo_problem("github", address.path):
            raise NotFound(problem)
        requester = SessionRequester(self._session, address.path.partition("/")[0], limit=MOST_BYTES)
        kept = GitHubMemory.read(memory, wanted)
        reading = RepositoryReading(requester, address, kept, frozenset(known), thorough=thorough)
        try:
            found = _read(reading)
        except UnreadableList as error:
            raise Garbage(f"github:{address.path}: {error}; tried again later") from error
        except NotFound:
            if address.number is not None:
                check_name_of_missing(requester, address)
            raise
        return identified(requester, address, found, learn=thorough) if isinstance(found, Found) else found


def _read(reading: RepositoryReading) -> Found | UnchangedList:
    wanted = reading.memory.wanted.source
    match wanted or reading.memory.mode:
        case ListSource.TAGS if wanted is None:
            return reading.tags_until_releases()
        case ListSource.TAGS:
            return reading.tags()
        case ListSource.BOTH:
            return reading.both()
        case ListSource.RELEASES:
            return reading.releases()
        case None:
            return reading.releases_else_tags()
