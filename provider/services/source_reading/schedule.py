"""Which Dockerfiles are due: those of new, changed and rebuilt images, and those that were not read for long."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from catalog.image import DiscoveryStatus
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from provider.services.check_schedule import CheckedAt, read_at
from provider.services.discovery import Discovered

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class ReadSchedule:
    """Remembers when each Dockerfile was read, and what has to be read. One thread at a time uses it.

    Args:
        pace: the longest time between two readings of one Dockerfile.
    """

    def __init__(self, pace: timedelta) -> None:
        self._pace = pace
        self._read: dict[str, datetime] = {}
        self._rebuilt: dict[str, str] = {}
        # Images that the last round did not get to, and those whose source named a time for the next request.
        self._unread: list[str] = []
        self._waiting: dict[str, datetime] = {}

    def due(self, now: datetime, snapshot: Snapshot) -> list[str]:
        """The names of the images whose Dockerfiles are due; the one that was read longest ago comes first."""
        due = [name for name, image in snapshot.images.items() if self._is_due(now, name, image)]
        return sorted(due, key=lambda name: self._read.get(name, _BEFORE_ALL))

    def unread(self, now: datetime) -> Sequence[str]:
        """The images that the last round did not get to, and those whose wait is over."""
        over = [name for name, until in self._waiting.items() if until <= now]
        return [*self._unread, *(name for name in over if name not in self._unread)]

    def left_of(self, names: Collection[str]) -> set[str]:
        """Those of these images that are still to be read, also after a wait."""
        return {*self._unread, *self._waiting}.intersection(names)

    def missed(self, names: Collection[str]) -> list[str]:
        """Those of these images that the last round did not get to."""
        return [name for name in self._unread if name in names]

    def note(self, at: datetime, snapshot: Snapshot, names: Sequence[str], done: Discovered) -> None:
        """Note what came of reading these images.

        Args:
            at: when it began.
            snapshot: has the images.
            names: of the images that were to be read.
            done: what was read, and what has to wait.
        """
        images = {name: image for name in names if (image := snapshot.images.get(name))}
        reached = {*done.read, *done.waiting}
        late = [name for name, image in images.items() if image.enrollment.source and name not in reached]
        self._unread = [*(name for name in self._unread if name not in names), *late]
        self._waiting = {name: until for name, until in self._waiting.items() if name not in names} | {**done.waiting}
        for name in images.keys() - set(late) - done.waiting.keys():
            self._read[name] = at
            if (last := images[name].last_rebuild) and last.settled:
                self._rebuilt[name] = last.id

    def read_at(self, now: datetime, snapshot: Snapshot) -> CheckedAt | None:
        """When Dockerfiles were last read, and when the next is due; None: this process has read none yet."""
        return read_at(now, snapshot, self._read, self._pace)

    def _is_due(self, now: datetime, name: str, image: ImageState) -> bool:
        rebuilt = image.last_rebuild.id if image.last_rebuild and image.last_rebuild.settled else ""
        fresh = self._rebuilt.setdefault(name, rebuilt) != rebuilt and bool(rebuilt)
        if until := self._waiting.get(name):
            return until <= now
        last = self._read.get(name) or image.last_discovery
        pending = image.discovery is DiscoveryStatus.PENDING or bool(image.discovery_error)
        return pending or fresh or last is None or now - last >= self._pace
