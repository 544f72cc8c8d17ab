"""What the web part does the release tracker's work by."""

from dataclasses import dataclass

from provider.tracker.ports import TrackerStore
from provider.tracker.services.editing import RepositoryEditing
from provider.tracker.services.polling import Poller
from provider.tracker.services.transferring import Transferring


@dataclass(frozen=True, slots=True)
class TrackerUseCases:
    """One store, and the use cases over it.

    Attributes:
        store: reads, and writes what needs no looking: removals, releases by hand.
        tracking: adds and changes repositories.
        transferring: import and export.
        poller: polls one on demand.
    """

    store: TrackerStore
    tracking: RepositoryEditing
    transferring: Transferring
    poller: Poller
