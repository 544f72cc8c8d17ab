"""What people do with tracked repositories: check an address, add, change, remove, releases by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from provider.errors import Conflict, Duplicate, ProviderError, SourceNotAllowed
from provider.tracker.decisions.addresses import GITHUB_SITE, parse_address
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.polling import after_poll
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Address, RepositoryType, TagForm, Tracked, default_tag_form
from provider.tracker.decisions.version_order import latest
from provider.tracker.ports import RepositoryFields, TrackerStore
from provider.tracker.services.polling import Poller


@dataclass(frozen=True, slots=True)
class RepositoryRequest:
    """What a person says of a repository; None leaves it to the service.

    Attributes:
        url: as written.
        type: else the address suggests it.
        name: else what the source calls it, else what the address does.
        tag_form: else what suits the type.
    """

    url: str
    type: RepositoryType | None = None
    name: str | None = None
    notes: str = ""
    tag_form: TagForm | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A wish made whole, and what a look at its address found.

    Attributes:
        found: None where the address could not be read, or was not looked at.
        latest: of what was found.
        problem: why it could not be read.
    """

    fields: RepositoryFields
    found: Found | None = None
    latest: FoundRelease | None = None
    problem: str | None = None

    @property
    def releases(self) -> int | None:
        """How many were found."""
        return None if self.found is None else len({release.version for release in self.found.releases})


class RepositoryEditing:
    """Use cases over a store; `poller` is asked for each look.

    Args:
        github_site: where people open GitHub, so that its addresses are known.
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

    def check(self, wish: RepositoryRequest, *, unchecked: bool = False) -> Checked:
        """See whether it can be added, and what would be; nothing is written.

        Args:
            wish: what a person wants.
            unchecked: an address that cannot be read now is not an error, but the answer's `problem`; one that may not
                be asked at all is still an error.

        Raises:
            InvalidAddress: the url is none of its type.
            Duplicate: the address is tracked already.
            ProviderError: the address cannot be read (SourceNotFound, SourceRefused, SourceUnavailable).
        """
        address = parse_address(wish.url, wish.type, github_site=self.github_site)
        if there := self.store.find(address):
            raise duplicate(there)
        return self._looked(wish, address, unchecked=unchecked)

    def add(self, wish: RepositoryRequest, *, unchecked: bool = False) -> tuple[Tracked, Checked]:
        """Begin to track, with what a look found as the first poll, of which nobody is told.

        Raises:
            InvalidAddress: as `check`.
            Duplicate: as `check`.
            ProviderError: as `check`.
        """
        checked = self.check(wish, unchecked=unchecked)
        tracked = self.store.add(checked.fields, self._now())
        return self._recorded(tracked, checked), checked

    def change(self, repository: int, version: int, wish: RepositoryRequest, *, unchecked: bool = False) -> Tracked:
        """Write what a person says now; another address is looked at as one that is added.

        Args:
            repository: its id.
            version: that the person saw.
            wish: what it shall be; what is None is suggested anew.
            unchecked: as `check`.

        Raises:
            NotTracked: there is none of that id.
            Conflict: somebody changed it since that version.
            InvalidAddress: as `check`.
            Duplicate: as `check`.
            ProviderError: as `check`.
        """
        before = self.store.get(repository)
        if before.version != version:
            # The store looks too, in its transaction; this spares the address a look.
            raise Conflict(f"somebody changed {before.name} meanwhile; look at it again, then change it")
        address = parse_address(wish.url, wish.type, github_site=self.github_site)
        there = self.store.find(address)
        if there is not None and there.id != repository:
            raise duplicate(there)
        if there is not None:
            return self.store.change(repository, version, _fields(wish, address, None))
        checked = self._looked(wish, address, unchecked=unchecked)
        return self._recorded(self.store.change(repository, version, checked.fields), checked)

    def _looked(self, wish: RepositoryRequest, address: Address, *, unchecked: bool) -> Checked:
        form = wish.tag_form or default_tag_form(address.type)
        try:
            found = self._poller.look(address, form)
        except SourceNotAllowed:
            # Who insists does not open the network either.
            raise
        except ProviderError as error:
            if not unchecked:
                raise
            return Checked(_fields(wish, address, None), problem=str(error))
        return Checked(_fields(wish, address, found), found, latest(found.releases, form))

    def _recorded(self, tracked: Tracked, checked: Checked) -> Tracked:
        if checked.found is None:
            return tracked
        known = self.store.known(tracked.id)
        self.store.record([after_poll(self._now(), tracked, known, checked.found, self._poller.interval)])
        return self.store.get(tracked.id)


def duplicate(there: Tracked) -> Duplicate:
    """The refusal of an address that is tracked."""
    return Duplicate(f"{there.address.path} is tracked already, as {there.name}", there.id)


def _fields(wish: RepositoryRequest, address: Address, found: Found | None) -> RepositoryFields:
    name = wish.name or (found.name if found else None) or address.name
    return RepositoryFields(name, address, wish.notes, wish.tag_form or default_tag_form(address.type))
