"""A source of releases in memory: releases by repository, and scripted errors."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.sources.tag_lists import is_release
from proxy.errors import NotFound, OutsideFailure


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of the log: the arguments of one poll."""

    address: Address
    wanted: WantedVersions
    memory: str | None
    known: frozenset[str]


class FakeReleaseSource:
    """Every repository of one type; `put` adds a repository. Implements `tracker_ports.ReleaseSource`.

    As the adapters do, it tells hashes of new versions only, and UnchangedList only to its own memory of the same form.

    Args:
        type: what it serves; tags in another form are left out for every type but github.

    Attributes:
        asked: every poll, oldest first.
    """

    def __init__(self, type: RepositoryType = RepositoryType.GITHUB) -> None:  # noqa: A002 - the port's word
        self.type = type
        self.asked: list[Asked] = []
        self._releases: dict[str, dict[str, FoundRelease]] = {}
        self._revision: dict[str, int] = {}
        self._errors: dict[str, OutsideFailure] = {}

    def put(self, path: str, *releases: FoundRelease) -> None:
        """Publish releases, which replace those with the same version; without any: add an empty repository."""
        self._releases.setdefault(path, {}).update((release.version, release) for release in releases)
        self._revision[path] = self._revision.get(path, 0) + 1

    def withdraw(self, path: str, version: str) -> None:
        """Remove the release."""
        del self._releases[path][version]
        self._revision[path] += 1

    def fail(self, path: str, error: OutsideFailure) -> None:
        """Let every poll of this repository raise this error until `heal`."""
        self._errors[path] = error

    def heal(self) -> None:
        """Remove every scripted error."""
        self._errors.clear()

    def poll(
        self,
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        """See the port."""
        self.asked.append(Asked(address, wanted, memory, frozenset(known)))
        if error := self._errors.get(address.path):
            raise error
        if address.path not in self._releases:
            raise NotFound(f"there is no repository {address.path}")
        now = f"{wanted.tag_form.value}{wanted.filter_key} {self._revision[address.path]}"
        if now == memory and not thorough:
            return UnchangedList()
        published = self._releases[address.path].values()
        every = self.type is RepositoryType.GITHUB
        found = (
            release
            for release in published
            if (wanted.passes(release.version) if every else is_release(release.version, wanted))
        )
        told = tuple(
            replace(release, hash=None) if release.version in known and not thorough else release for release in found
        )
        return Found(None, told, now)
