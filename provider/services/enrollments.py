"""Follow the enrollments: track the images that the files in the config repository name."""

from datetime import datetime

from provider.domain.lifecycle import settle
from provider.domain.snapshot import Snapshot
from provider.ports import SnapshotStore


def follow_enrollments(now: datetime, store: SnapshotStore) -> Snapshot:
    """Pull, and bring the state in line with the enrollments."""
    store.pull()
    return store.write(lambda snapshot: settle(now, snapshot), "Apply the enrollments")
