"""Releases of repositories at GitHub, by PyGithub; where there are none, their tags."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self
from urllib.parse import quote

from provider.adapter_parts import AdapterParts
from provider.domain.source_address import repo_problem
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import ListSource, WantedVersions
from provider.tracker.sources.github_documents import UnreadableList, release_of, repository_of, tag_of
from provider.tracker.sources.github_lists import MOST_BYTES, Entry, GitHubList, entries, read_if_changed, read_whole
from provider.tracker.sources.tag_lists import is_release
from proxy.errors import Garbage, NotFound
from proxy.github.pygithub import SessionRequester
from proxy.github.renames import check_name
from proxy.github.session import GitHubSession


@dataclass(frozen=True, slots=True)
class _Memory:
    """The tags (ETag) of the pages that were read, and what was wanted then."""

    wanted: WantedVersions
    releases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str | None, wanted: WantedVersions) -> "_Memory":
        """Out of text; empty where something else was wanted."""
        try:
            document = json.loads(text or "")
            if document["wanted"] == _words(wanted):
                return cls(wanted, tuple(map(str, document["releases"])), tuple(map(str, document["tags"])))
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        return cls(wanted)

    def text(self) -> str:
        """As text."""
        return json.dumps({"wanted": _words(self.wanted), "releases": self.releases, "tags": self.tags})


class GitHubReleases:
    """Asks for all pages, each on condition that it changed: an unchanged list costs none of the rate limit.

    A list that did change is read whole. The commits of new releases are then read from the list of tags, which costs a
    request for each hundred tags up to the last of them; the other releases' hash is None. So is a draft's, whose tag
    may not be there yet. Tags have no dates, which would cost a request each. Safe to use from many threads.
    """

    type: ClassVar[RepositoryType] = RepositoryType.GITHUB

    def __init__(self, session: GitHubSession) -> None:
        self._session = session

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads what the service's own credentials may see."""
        return cls(parts.github)

    def poll(
        self, address: Address, *, wanted: WantedVersions, memory: str | None, known: Collection[str] = ()
    ) -> Found | UnchangedList:
        """See the port."""
        if problem := repo_problem("github", address.path):
            raise NotFound(problem)
        requester = SessionRequester(self._session, address.path.partition("/")[0], limit=MOST_BYTES)
        try:
            return _Repository(requester, address.path).poll(_Memory.read(memory, wanted), frozenset(known))
        except UnreadableList as error:
            raise Garbage(f"github:{address.path}: {error}; tried again later") from error


@dataclass(frozen=True, slots=True)
class _Repository:
    requester: SessionRequester
    name: str

    def poll(self, memory: _Memory, known: frozenset[str]) -> Found | UnchangedList:
        match memory.wanted.source:
            case ListSource.TAGS:
                return self._tags(memory, ())
            case ListSource.BOTH:
                return self._both(memory)
            case ListSource.RELEASES:
                return self._only_releases(memory, known)
            case None:
                return self._releases_or_tags(memory, known)

    def _only_releases(self, memory: _Memory, known: frozenset[str]) -> Found | UnchangedList:
        releases = read_if_changed(self.requester, self._path("releases"), memory.releases)
        if releases is None:
            return UnchangedList()
        self._check_name(releases.entries)
        return self._releases(memory, releases, known)

    def _both(self, memory: _Memory) -> Found | UnchangedList:
        """The releases, and the tags that have none."""
        releases = read_if_changed(self.requester, self._path("releases"), memory.releases)
        tags = read_if_changed(self.requester, self._path("tags"), memory.tags)
        if releases is None and tags is None:
            return UnchangedList()
        releases = releases or read_whole(self.requester, self._path("releases"))
        tags = tags or read_whole(self.requester, self._path("tags"))
        self._check_name((*releases.entries, *tags.entries))
        commits = dict(map(tag_of, tags.entries))
        named = _named(releases.entries, memory.wanted)
        found = [release_of(entry, commits) for entry in named]
        versions = {release.version for release in found}
        found += [
            FoundRelease(name, hash=commit)
            for name, commit in commits.items()
            if name not in versions and is_release(name, memory.wanted)
        ]
        name = _own_name((*releases.entries, *tags.entries))
        return Found(name, tuple(found), _Memory(memory.wanted, releases.etags, tags.etags).text())

    def _releases_or_tags(self, memory: _Memory, known: frozenset[str]) -> Found | UnchangedList:
        releases = read_if_changed(self.requester, self._path("releases"), memory.releases)
        if releases is None and memory.tags:
            return self._tags(memory, memory.releases)
        if releases is None:
            return UnchangedList()
        if not releases.entries:
            return self._tags(memory, releases.etags)
        self._check_name(releases.entries)
        return self._releases(memory, releases, known)

    def _releases(self, memory: _Memory, listing: GitHubList, known: frozenset[str]) -> Found:
        named = _named(listing.entries, memory.wanted)
        versions = {release.version for entry in named if not (release := release_of(entry, {})).draft}
        hashes = self._hashes(versions - known)
        found = tuple(release_of(entry, hashes) for entry in named)
        return Found(_own_name(listing.entries), found, _Memory(memory.wanted, listing.etags).text())

    def _tags(self, memory: _Memory, releases: Sequence[str]) -> Found | UnchangedList:
        """The fall-back; `releases` are the tags of the empty list of releases."""
        listing = read_if_changed(self.requester, self._path("tags"), memory.tags)
        if listing is None:
            return UnchangedList()
        self._check_name(listing.entries)
        found = tuple(
            FoundRelease(name, hash=commit)
            for name, commit in map(tag_of, listing.entries)
            if is_release(name, memory.wanted)
        )
        # Half of a memory would call a list unchanged that was never asked for.
        now = _Memory(memory.wanted, tuple(releases), listing.etags) if listing.etags else _Memory(memory.wanted)
        return Found(_own_name(listing.entries), found, now.text())

    def _hashes(self, wanted: frozenset[str] | set[str]) -> Mapping[str, str]:
        missing, found = set(wanted), {}
        tags: Iterator[Entry] = entries(self.requester, self._path("tags")) if missing else iter(())
        for name, commit in map(tag_of, tags):
            found[name] = commit
            missing.discard(name)
            if not missing:
                break
        return found

    def _path(self, what: str) -> str:
        return f"/repos/{quote(self.name)}/{what}"

    def _check_name(self, listed: Sequence[Entry]) -> None:
        now = repository_of(listed)
        if now is not None:
            check_name(self.name, now)


def _named(entries: Sequence[Entry], wanted: WantedVersions) -> list[Entry]:
    """The releases that are wanted; a draft without a tag has no version yet."""
    drafts = (entry for entry in entries if not (entry.get("draft") is True and not entry.get("tag_name")))
    return [entry for entry in drafts if wanted.passes(str(entry.get("tag_name")))]


def _words(wanted: WantedVersions) -> str:
    return f"{wanted.tag_form.value}{wanted.filter_key}"


def _own_name(listed: Sequence[Entry]) -> str | None:
    full_name = repository_of(listed)
    return full_name.partition("/")[2] if full_name else None
