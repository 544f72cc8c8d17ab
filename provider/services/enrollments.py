"""Follow the enrollments: track the images that the files in the config repository name."""

from collections.abc import Callable
from datetime import datetime

from provider.domain.planning.kept_settling import KeptSettling
from provider.domain.snapshot import Snapshot
from provider.ports import SnapshotStore


def follow_enrollments(
    now: datetime,
    store: SnapshotStore,
    settling: KeptSettling,
    note_change: Callable[[datetime], None] = lambda _: None,
) -> Snapshot:
    """Pull, note if others have changed anything, and bring the state in line with the enrollments."""
    if store.pull():
        note_change(now)
    return store.write(lambda snapshot: settling.settle(now, snapshot), "Apply the enrollments")
