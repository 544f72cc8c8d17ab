"""One poll of a repository at GitHub: which lists are read, and how far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.release import FoundRelease, ReleaseList
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.versions.order import highest_first
from provider.tracker.decisions.wanted import ListSource
from provider.tracker.sources.github_documents import release_of, repository_of, tag_of
from provider.tracker.sources.github_identity import api_path
from provider.tracker.sources.github_lists import (
    Entry,
    GitHubList,
    GitHubPage,
    entries,
    first_page,
    is_unchanged,
    rest_of,
)
from provider.tracker.sources.github_memory import GitHubMemory
from provider.tracker.sources.tag_lists import is_release
from proxy.github.pygithub import SessionRequester

_RELEASES, _TAGS = "releases", "tags"


@dataclass(frozen=True, slots=True)
class RepositoryReading:
    """Reads the lists of one repository for one poll.

    Attributes:
        requester: sends the requests.
        address: of the repository.
        memory: of the last poll.
        known: versions that are stored with their hash.
        thorough: read the lists whole, although nothing may be new.
    """

    requester: SessionRequester
    address: Address
    memory: GitHubMemory
    known: frozenset[str]
    thorough: bool

    def releases(self) -> Found | UnchangedList:
        """The releases, with the commits of their tags where one of them is new."""
        first = self._first()
        if first is None:
            return UnchangedList()
        named = self._named(first.entries)
        if not self.thorough and not first.last and self._knows(release_of(entry, {}) for entry in named):
            memory = replace(self.memory, mode=ListSource.RELEASES, releases=first.etag)
            found = tuple(release_of(entry, {}) for entry in named)
            return _found(first.entries, found, memory, frozenset(), first.number)
        return self._whole_releases(first)

    def tags(self) -> Found | UnchangedList:
        """The tags alone."""
        if self._has_same_tags():
            return UnchangedList()
        listing = rest_of(self.requester, self._path(_TAGS))
        memory = replace(self.memory, mode=ListSource.TAGS, tags=listing.etags)
        return _found(listing.entries, self._tag_releases(listing), memory, _whole(tags=listing), listing.number)

    def both(self) -> Found | UnchangedList:
        """The releases, and the tags that have none."""
        releases = self._first()
        if releases is None and self._has_same_tags():
            return UnchangedList()
        tags = rest_of(self.requester, self._path(_TAGS))
        return self._both(rest_of(self.requester, self._path(_RELEASES), releases), tags)

    def releases_else_tags(self) -> Found | UnchangedList:
        """The releases; the tags where there are none."""
        first = first_page(self.requester, self._path(_RELEASES), None)
        if first and first.entries:
            return self._whole_releases(first)
        memory = replace(self.memory, releases=first.etag if first else None)
        return replace(self, memory=memory).tags()

    def tags_until_releases(self) -> Found | UnchangedList:
        """The tags, as long as there are no releases.

        Releases that appear are no news, because their tags were known. If the newest tags are not among them, both
        lists are read from then on.
        """
        first = self._first()
        if first is None or not first.entries:
            memory = replace(self.memory, releases=first.etag) if first else self.memory
            return replace(self, memory=memory).tags()
        tags = rest_of(self.requester, self._path(_TAGS))
        releases = rest_of(self.requester, self._path(_RELEASES), first)
        found = self._both(releases, tags)
        highest = highest_first(found.releases, self.memory.wanted.tag_form)[:1]
        if any(release.listed_in is ReleaseList.TAGS for release in highest):
            return replace(found, silent=True)
        memory = GitHubMemory(self.memory.wanted, ListSource.RELEASES, _first_of(releases))
        named = tuple(release for release in found.releases if release.listed_in is ReleaseList.RELEASES)
        return replace(found, releases=named, memory=memory.text(), whole=_whole(releases=releases), silent=True)

    def _whole_releases(self, first: GitHubPage) -> Found:
        listing = rest_of(self.requester, self._path(_RELEASES), first)
        named = self._named(listing.entries)
        out = {release.version for entry in named if not (release := release_of(entry, {})).draft}
        commits = self._commits(out if self.thorough else out - self.known)
        memory = replace(self.memory, mode=ListSource.RELEASES, releases=_first_of(listing))
        found = tuple(release_of(entry, commits) for entry in named)
        return _found(listing.entries, found, memory, _whole(releases=listing), listing.number)

    def _both(self, releases: GitHubList, tags: GitHubList) -> Found:
        commits = dict(map(tag_of, tags.entries))
        found = [release_of(entry, commits) for entry in self._named(releases.entries)]
        versions = {release.version for release in found}
        found += [release for release in self._tag_releases(tags) if release.version not in versions]
        memory = GitHubMemory(self.memory.wanted, ListSource.BOTH, _first_of(releases), tags.etags)
        whole, number = _whole(releases=releases, tags=tags), releases.number or tags.number
        return _found((*releases.entries, *tags.entries), tuple(found), memory, whole, number)

    def _first(self) -> GitHubPage | None:
        """The first page of the releases; None if it has not changed, and nothing has to be read again."""
        return first_page(self.requester, self._path(_RELEASES), None if self.thorough else self.memory.releases)

    def _has_same_tags(self) -> bool:
        return not self.thorough and is_unchanged(self.requester, self._path(_TAGS), self.memory.tags)

    def _knows(self, releases: Iterable[FoundRelease]) -> bool:
        """Whether all of them are stored; a draft may be published at any time."""
        return all(release.version in self.known and not release.draft for release in releases)

    def _named(self, found: Sequence[Entry]) -> list[Entry]:
        """The releases that are wanted; a draft without a tag has no version yet."""
        drafts = (entry for entry in found if not (entry.get("draft") is True and not entry.get("tag_name")))
        return [entry for entry in drafts if self.memory.wanted.passes(str(entry.get("tag_name")))]

    def _tag_releases(self, listing: GitHubList) -> tuple[FoundRelease, ...]:
        return tuple(
            FoundRelease(
                name, url=f"{self.address.url}/releases/tag/{quote(name)}", hash=commit, listed_in=ReleaseList.TAGS
            )
            for name, commit in map(tag_of, listing.entries)
            if is_release(name, self.memory.wanted)
        )

    def _commits(self, wanted: set[str]) -> Mapping[str, str]:
        """The commits of these tags; the list is read until all are found."""
        missing, found = set(wanted), dict[str, str]()
        if not missing:
            return found
        for name, commit in map(tag_of, entries(self.requester, self._path(_TAGS))):
            found[name] = commit
            missing.discard(name)
            if not missing:
                break
        return found

    def _path(self, what: str) -> str:
        return api_path(self.address, what)


def _whole(*, releases: GitHubList | None = None, tags: GitHubList | None = None) -> frozenset[ReleaseList]:
    lists = {ReleaseList.RELEASES: releases, ReleaseList.TAGS: tags}
    return frozenset(kind for kind, listing in lists.items() if listing and listing.whole)


def _first_of(listing: GitHubList) -> str | None:
    return listing.etags[0] if listing.etags else None


def _found(
    listed: Sequence[Entry],
    releases: tuple[FoundRelease, ...],
    memory: GitHubMemory,
    whole: frozenset[ReleaseList],
    number: int | None,
) -> Found:
    path = repository_of(listed)
    name = path.partition("/")[2] if path else None
    return Found(name, releases, memory.text(), whole, number=number, path=path)
