"""A store of snapshots that logs what each commit has changed.

What the service sees and decides becomes state. So one place logs all of it, once, and nothing that was not stored.
"""

from collections.abc import Callable

from provider.containment import contained
from provider.domain.snapshot import Changes, Snapshot
from provider.ports import SnapshotStore
from provider.services.decisions.base_events import log_base
from provider.services.decisions.image_events import log_image


class LoggedSnapshots:
    """Behaves like the store that it has."""

    def __init__(self, store: SnapshotStore) -> None:
        self._store = store

    def pull(self) -> bool:
        """See the port."""
        return self._store.pull()

    def read(self) -> Snapshot:
        """See the port."""
        return self._store.read()

    def write(self, step: Callable[[Snapshot], Changes], subject: str) -> Snapshot:
        """See the port; what has changed then is logged."""
        last: tuple[Snapshot, Changes] | None = None

        def noted(snapshot: Snapshot) -> Changes:
            nonlocal last
            changes = step(snapshot)
            last = snapshot, changes
            return changes

        after = self._store.write(noted, subject)
        if last and last[1]:
            _log_changes(*last, after)
        return after


def _log_changes(before: Snapshot, changes: Changes, after: Snapshot) -> None:
    """Log what differs of what was changed: a state that could not be written is as before."""
    for name in changes.bases:
        contained(name, log_base, name, before.bases.get(name), after.bases.get(name), after.position)
    for name in changes.images:
        contained(name, log_image, name, before.images.get(name), after.images.get(name), after.position)
