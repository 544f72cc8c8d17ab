"""The use cases of the release tracker that the API and the pages call."""

from dataclasses import dataclass

from provider.tracker.ports import TrackerStore
from provider.tracker.services.editing import RepositoryEditing
from provider.tracker.services.owner_import import OwnerImport
from provider.tracker.services.polling import Poller
from provider.tracker.services.transferring import Transferring


@dataclass(frozen=True, slots=True)
class TrackerUseCases:
    """One store and the use cases over it.

    Attributes:
        store: for reads, and for writes that need no poll: removals and releases by hand.
        editing: adds and changes repositories.
        transferring: imports and exports repositories.
        poller: polls one repository on request.
        owners: imports the repositories of an owner at GitHub.
    """

    store: TrackerStore
    editing: RepositoryEditing
    transferring: Transferring
    poller: Poller
    owners: OwnerImport
