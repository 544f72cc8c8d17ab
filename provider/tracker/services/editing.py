"""Check, add and change tracked repositories on request of a person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from provider.errors import ComponentNeeded, Conflict, Duplicate
from provider.tracker.decisions.addresses import GITHUB_SITE, parse_address
from provider.tracker.decisions.kinds import RepositoryType, TagForm, default_tag_form
from provider.tracker.decisions.one_version import one_version_each
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.polling import after_poll
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Address, Tracked, entry_key
from provider.tracker.decisions.same_repository import is_same_repository
from provider.tracker.decisions.versions.choices import VersionChoice, version_choices
from provider.tracker.decisions.versions.order import has_equal_components, highest_first, latest
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases, WantedVersions
from provider.tracker.ports import RepositoryFields, TrackerStore
from provider.tracker.services.polling import Poller
from proxy.errors import AddressRefused, OutsideFailure

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class RepositoryRequest:
    """The input of a person for a repository; the service fills in what is None.

    Attributes:
        url: the address as written.
        type: by default, detected from the address.
        name: by default, the name at the source, else the name in the address.
        tag_form: by default, the one for the type.
        source, include, exclude, prereleases, announce: see `WantedVersions`.
        labels: words to find it by.
        deployed_version: the version that the organization runs.
    """

    url: str
    type: RepositoryType | None = None
    name: str | None = None
    notes: str = ""
    tag_form: TagForm | None = None
    source: ListSource | None = None
    include: str = ""
    exclude: str = ""
    prereleases: Prereleases = Prereleases.TELL
    announce: AnnouncedVersions = AnnouncedVersions.ALL
    labels: tuple[str, ...] = ()
    deployed_version: str = ""

    def wanted(self, address: Address) -> WantedVersions:
        """What is wanted of the repository at this address."""
        form = self.tag_form or default_tag_form(address.type)
        return WantedVersions(form, self.source, self.include, self.exclude, self.prereleases, self.announce)


@dataclass(frozen=True, slots=True)
class Checked:
    """A completed request, and the result of checking its address.

    Attributes:
        found: the releases at the address that would be listed; None if it could not be read.
        latest: the latest of these releases.
        left_out: how many releases at the address would not be listed.
        choices: the components of the repository, if its releases are of several ones.
        undecided: none of the components that would be listed is most common.
        problem: why the address could not be read.
    """

    fields: RepositoryFields
    found: Found | None = None
    latest: FoundRelease | None = None
    left_out: int = 0
    choices: tuple[VersionChoice, ...] = ()
    undecided: bool = False
    problem: str | None = None

    @property
    def releases(self) -> int | None:
        """How many releases were found; None if the address could not be read."""
        return None if self.found is None else len({release.version for release in self.found.releases})

    @property
    def highest(self) -> tuple[FoundRelease, ...]:
        """The highest versions that would be listed."""
        releases = self.found.releases if self.found else ()
        return highest_first(releases, self.fields.wanted.tag_form)[:_SHOWN]


class RepositoryEditing:
    """Adds and changes the tracked repositories of a store.

    Args:
        store: the tracked repositories.
        poller: checks addresses.
        now: the current time, aware, in UTC.
        github_site: the web address of GitHub, to recognise addresses of its repositories.
        note_in_use: stores which tags of container repositories images are built from.
    """

    def __init__(
        self,
        store: TrackerStore,
        poller: Poller,
        now: Callable[[], datetime],
        *,
        github_site: str = GITHUB_SITE,
        note_in_use: Callable[[], object] = lambda: None,
    ) -> None:
        self.store = store
        self.github_site = github_site
        self._poller = poller
        self._now = now
        self._note_in_use = note_in_use

    def check(self, request: RepositoryRequest, *, unchecked: bool = False, again: bool = False) -> Checked:
        """Check whether the repository can be added, and what would be added; nothing is written.

        Args:
            request: the input of a person.
            unchecked: report an address that cannot be read now as `problem` of the result instead of raising; an
                address that is not allowed still raises.
            again: the address may already be tracked, because a person wants another part of it.

        Raises:
            InvalidRepositoryAddress: the url is not an address of its type.
            Duplicate: the address is already tracked with the same filter.
            OutsideFailure: the address cannot be read, or is not allowed (AddressRefused).
        """
        address = parse_address(request.url, request.type, github_site=self.github_site)
        there = self.store.find(entry_key(address, request.wanted(address)))
        if there is not None and not again:
            raise duplicate(there)
        return self._checked(request, address, unchecked=unchecked)

    def add(
        self, request: RepositoryRequest, *, unchecked: bool = False, asked: bool = False
    ) -> tuple[Tracked, Checked]:
        """Start to track a repository, with the result of the check as its first poll, which announces nothing.

        Args:
            request: the input of a person.
            unchecked: add it although it cannot be read, or although nothing says which component is meant.
            asked: a person saw the components, and chose one or all of them.

        Raises:
            ComponentNeeded: there are several components, none is most common, and the request has no `include`.
            InvalidRepositoryAddress: as `check`.
            Duplicate: as `check`.
            OutsideFailure: as `check`.
        """
        checked = self.check(request, unchecked=unchecked)
        if checked.undecided and not (request.include or unchecked or asked):
            raise _component_needed(checked.choices)
        tracked = self.store.add(checked.fields, self._now())
        return self._recorded(tracked, checked), checked

    def change(self, repository: int, version: int, request: RepositoryRequest, *, unchecked: bool = False) -> Tracked:
        """Change a repository; a new address is checked as in `add`.

        Where the releases of the new address are those that are known, what came out meanwhile is announced.

        Args:
            repository: its id.
            version: the version that the person edited.
            request: the new values; None is filled in as in `check`.
            unchecked: as `check`.

        Raises:
            NotTracked: there is no repository of that id.
            Conflict: another change was saved after that version.
            InvalidRepositoryAddress: as `check`.
            Duplicate: as `check`.
            OutsideFailure: as `check`.
        """
        before = self.store.get(repository)
        if before.version != version:
            # The store checks this again in its transaction; checking here first saves a request to the address.
            raise Conflict(f"someone else changed {before.name} in the meantime; read it again, then repeat the change")
        address = parse_address(request.url, request.type, github_site=self.github_site)
        wanted = request.wanted(address)
        there = self.store.find(entry_key(address, wanted))
        if there is not None and there.id != repository:
            raise duplicate(there)
        if address.key == before.address.key:
            return self.store.change(repository, version, _fields(request, address, None))
        checked = self._checked(request, address, unchecked=unchecked)
        same = (
            checked.found is not None
            and replace(wanted, announce=before.wanted.announce) == before.wanted
            and is_same_repository(before, self.store.known(repository), checked.found)
        )
        changed = self.store.change(repository, version, checked.fields, same_releases=same)
        return self._recorded(changed, checked)

    def run(self, repository: int, version: int, deployed: str) -> Tracked:
        """Say which version the organization runs.

        Raises:
            NotTracked: there is no repository of that id.
            Conflict: another change was saved after that version; nothing was written.
        """
        fields = replace(RepositoryFields.of(self.store.get(repository)), deployed_version=deployed)
        return self.store.change(repository, version, fields)

    def _checked(self, request: RepositoryRequest, address: Address, *, unchecked: bool) -> Checked:
        wanted = request.wanted(address)
        try:
            # Without the expressions, so that the result shows what they leave out.
            every = self._poller.check(address, replace(wanted, include="", exclude=""))
        except AddressRefused:
            # `unchecked` must not bypass the rules for addresses.
            raise
        except OutsideFailure as error:
            if not unchecked:
                raise
            return Checked(_fields(request, address, None), problem=str(error))
        named = tuple(filter(wanted.lists, every.releases))
        left_out = len(every.releases) - len(named)
        listed = _each_version(named, wanted.tag_form)
        # What the source remembers is of the whole list.
        found = Found(every.name, listed) if left_out else replace(every, releases=listed)
        choices = version_choices(_each_version(every.releases, wanted.tag_form), wanted.tag_form)
        newest = latest(listed, wanted.tag_form, address.name)
        undecided = has_equal_components(listed, wanted.tag_form, address.name)
        return Checked(_fields(request, address, found), found, newest, left_out, choices, undecided)

    def _recorded(self, tracked: Tracked, checked: Checked) -> Tracked:
        if tracked.address.type is RepositoryType.CONTAINER:
            self._note_in_use()
        if checked.found is None:
            return self.store.get(tracked.id)
        known = self.store.known(tracked.id)
        self.store.record([after_poll(self._now(), tracked, known, checked.found, self._poller.interval)])
        return self.store.get(tracked.id)


def _component_needed(choices: Iterable[VersionChoice]) -> ComponentNeeded:
    listed = ", ".join(f"{choice.include} ({choice.highest})" for choice in choices)
    return ComponentNeeded(
        f"the repository publishes several components, and none of them is most common; choose one of {listed}, or "
        "`.` for all of them"
    )


def duplicate(there: Tracked) -> Duplicate:
    """The error for an address that is already tracked."""
    filtered = " with this filter" if there.wanted.filter_key else ""
    return Duplicate(f"{there.address.path} is already tracked{filtered} as {there.name}", there.id)


def _each_version(releases: Iterable[FoundRelease], form: TagForm) -> tuple[FoundRelease, ...]:
    return tuple(one_version_each(releases, form).published.values())


def _fields(request: RepositoryRequest, address: Address, found: Found | None) -> RepositoryFields:
    name = request.name or (found.name if found else None) or address.name
    wanted = request.wanted(address)
    return RepositoryFields(name, address, request.notes, wanted, request.labels, request.deployed_version)
