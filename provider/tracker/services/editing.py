"""Check, add and change tracked repositories on request of a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from provider.errors import Conflict, Duplicate
from provider.tracker.decisions.addresses import GITHUB_SITE, parse_address
from provider.tracker.decisions.kinds import RepositoryType, TagForm, default_tag_form
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.polling import after_poll
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Address, Tracked
from provider.tracker.decisions.version_order import latest
from provider.tracker.ports import RepositoryFields, TrackerStore
from provider.tracker.services.polling import Poller
from proxy.errors import AddressRefused, OutsideFailure


@dataclass(frozen=True, slots=True)
class RepositoryRequest:
    """The input of a person for a repository; the service fills in what is None.

    Attributes:
        url: the address as written.
        type: by default, detected from the address.
        name: by default, the name at the source, else the name in the address.
        tag_form: by default, the one for the type.
    """

    url: str
    type: RepositoryType | None = None
    name: str | None = None
    notes: str = ""
    tag_form: TagForm | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A completed request, and the result of checking its address.

    Attributes:
        found: the releases at the address; None if it could not be read.
        latest: the latest of these releases.
        problem: why the address could not be read.
    """

    fields: RepositoryFields
    found: Found | None = None
    latest: FoundRelease | None = None
    problem: str | None = None

    @property
    def releases(self) -> int | None:
        """How many releases were found; None if the address could not be read."""
        return None if self.found is None else len({release.version for release in self.found.releases})


class RepositoryEditing:
    """Adds and changes the tracked repositories of a store.

    Args:
        store: the tracked repositories.
        poller: checks addresses.
        now: the current time, aware, in UTC.
        github_site: the web address of GitHub, to recognise addresses of its repositories.
    """

    def __init__(
        self,
        store: TrackerStore,
        poller: Poller,
        now: Callable[[], datetime],
        *,
        github_site: str = GITHUB_SITE,
    ) -> None:
        self.store = store
        self.github_site = github_site
        self._poller = poller
        self._now = now

    def check(self, request: RepositoryRequest, *, unchecked: bool = False) -> Checked:
        """Check whether the repository can be added, and what would be added; nothing is written.

        Args:
            request: the input of a person.
            unchecked: report an address that cannot be read now as `problem` of the result instead of raising; an
                address that is not allowed still raises.

        Raises:
            InvalidRepositoryAddress: the url is not an address of its type.
            Duplicate: the address is already tracked.
            OutsideFailure: the address cannot be read, or is not allowed (AddressRefused).
        """
        address = parse_address(request.url, request.type, github_site=self.github_site)
        if there := self.store.find(address):
            raise duplicate(there)
        return self._checked(request, address, unchecked=unchecked)

    def add(self, request: RepositoryRequest, *, unchecked: bool = False) -> tuple[Tracked, Checked]:
        """Start to track a repository, with the result of the check as its first poll, which announces nothing.

        Raises:
            InvalidRepositoryAddress: as `check`.
            Duplicate: as `check`.
            OutsideFailure: as `check`.
        """
        checked = self.check(request, unchecked=unchecked)
        tracked = self.store.add(checked.fields, self._now())
        return self._recorded(tracked, checked), checked

    def change(self, repository: int, version: int, request: RepositoryRequest, *, unchecked: bool = False) -> Tracked:
        """Change a repository; a new address is checked as in `add`.

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
        there = self.store.find(address)
        if there is not None and there.id != repository:
            raise duplicate(there)
        if there is not None:
            return self.store.change(repository, version, _fields(request, address, None))
        checked = self._checked(request, address, unchecked=unchecked)
        return self._recorded(self.store.change(repository, version, checked.fields), checked)

    def _checked(self, request: RepositoryRequest, address: Address, *, unchecked: bool) -> Checked:
        form = request.tag_form or default_tag_form(address.type)
        try:
            found = self._poller.check(address, form)
        except AddressRefused:
            # `unchecked` must not bypass the rules for addresses.
            raise
        except OutsideFailure as error:
            if not unchecked:
                raise
            return Checked(_fields(request, address, None), problem=str(error))
        return Checked(_fields(request, address, found), found, latest(found.releases, form, address.name))

    def _recorded(self, tracked: Tracked, checked: Checked) -> Tracked:
        if checked.found is None:
            return tracked
        known = self.store.known(tracked.id)
        self.store.record([after_poll(self._now(), tracked, known, checked.found, self._poller.interval)])
        return self.store.get(tracked.id)


def duplicate(there: Tracked) -> Duplicate:
    """The error for an address that is already tracked."""
    return Duplicate(f"{there.address.path} is already tracked as {there.name}", there.id)


def _fields(request: RepositoryRequest, address: Address, found: Found | None) -> RepositoryFields:
    name = request.name or (found.name if found else None) or address.name
    return RepositoryFields(name, address, request.notes, request.tag_form or default_tag_form(address.type))
