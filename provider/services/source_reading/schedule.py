"""Which Dockerfiles are due: those of new, changed and rebuilt images, and those that were not read for long."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from catalog.image import DiscoveryStatus
from provider.domain.discovery.turns import last_turn
from provider.domain.enrollment import Source
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from provider.ports import ReadTimes
from provider.services.check_schedule import CheckedAt
from provider.services.discovery import Discovered

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class ReadSchedule:
    """Remembers when each Dockerfile was read, and what has to be read. One thread at a time uses it.

    Without any other cause each image is read once in each period, at a time of its own.

    Args:
        pace: the period, and so the longest time between two readings of one Dockerfile.
        times: keep when each was read over a restart.
    """

    def __init__(self, pace: timedelta, times: ReadTimes) -> None:
        self._pace = pace
        self._times = times
        self._read: Mapping[str, datetime] = {}
        self._rebuilt: dict[str, str] = {}
        # Images that the last round did not get to, with the owners of their sources; those whose source named a time
        # for the next request; and until when nobody is asked about an owner's sources.
        self._unread: dict[str, str] = {}
        self._waiting: dict[str, datetime] = {}
        self._sources: dict[str, Source | None] = {}
        self._held: dict[str, datetime] = {}

    def due(self, now: datetime, snapshot: Snapshot) -> list[str]:
        """The names of the images whose Dockerfiles are due; the one that was read longest ago comes first.

        Of those that were never read, the one that was enrolled last comes first: somebody waits for it, even while an
        organisation's first thousands are being read.
        """
        self._read = self._times.all()
        if gone := self._read.keys() - snapshot.images.keys():
            self._times.forget(gone)
        due = [name for name, image in snapshot.images.items() if self._is_due(now, name, image)]
        newest = sorted(due, key=lambda name: snapshot.images[name].enrolled_at, reverse=True)
        return sorted(newest, key=lambda name: self._read.get(name, _BEFORE_ALL))

    def unread(self, now: datetime) -> Sequence[str]:
        """The images that the last round did not get to, and those whose wait is over.

        Where one image has to wait, the others of the same owner do too: their requests count against the same limit.
        """
        if self._unread:
            # Another process may have read them meanwhile.
            before, self._read = self._read, self._times.all()
            read = {name for name, at in self._read.items() if at > before.get(name, _BEFORE_ALL)}
            self._unread = {name: owner for name, owner in self._unread.items() if name not in read}
        held = {owner for owner, until in self._held.items() if until > now}
        over = [name for name, until in self._waiting.items() if until <= now and name not in self._unread]
        return [*(name for name, owner in self._unread.items() if owner not in held), *over]

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
        owners = {name: _owner(source) for name, image in images.items() if (source := image.enrollment.source)}
        late = {name: owner for name, owner in owners.items() if name not in reached}
        asked = set(names)
        self._unread = {name: owner for name, owner in self._unread.items() if name not in asked} | late
        self._waiting = {name: until for name, until in self._waiting.items() if name not in asked} | {**done.waiting}
        self._held = {owner: until for owner, until in self._held.items() if until > at}
        self._held |= {owners[name]: until for name, until in done.waiting.items() if name in owners}
        self._sources = {name: images[name].enrollment.source for name in done.waiting if name in images} | {
            name: source for name, source in self._sources.items() if name in self._waiting and name not in asked
        }
        read = images.keys() - late.keys() - done.waiting.keys()
        self._times.note(read, at)
        self._read = {**self._read, **dict.fromkeys(read, at)}
        for name in read:
            if (last := images[name].last_rebuild) and last.settled:
                self._rebuilt[name] = last.id

    def read_at(self, now: datetime, snapshot: Snapshot) -> CheckedAt | None:
        """When Dockerfiles were last read, and when the next is due; None: none was read yet."""
        read = {name: self._read[name] for name in snapshot.images if name in self._read}
        if not read:
            return None
        turns = {name: last_turn(name, now, self._pace) for name in snapshot.images}
        if any(read.get(name, _BEFORE_ALL) < turn for name, turn in turns.items()):
            return CheckedAt(max(read.values()), now)
        return CheckedAt(max(read.values()), min(turns.values()) + self._pace)

    def _is_due(self, now: datetime, name: str, image: ImageState) -> bool:
        rebuilt = image.last_rebuild.id if image.last_rebuild and image.last_rebuild.settled else ""
        fresh = self._rebuilt.setdefault(name, rebuilt) != rebuilt and bool(rebuilt)
        if (until := self._waiting.get(name)) and self._sources.get(name) == image.enrollment.source:
            return until <= now
        last = self._read.get(name) or image.last_discovery
        pending = image.discovery is DiscoveryStatus.PENDING or bool(image.discovery_error)
        return pending or fresh or last is None or last < last_turn(name, now, self._pace)


def _owner(source: Source) -> str:
    """Whose sources have one limit of requests."""
    return f"{source.provider} {source.repo.partition('/')[0].lower()}"
