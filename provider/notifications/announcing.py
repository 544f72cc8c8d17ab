"""Announces changes of images: puts the difference between the snapshot and what was announced into the outbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from provider.domain.snapshot import Snapshot
from provider.notifications.image_messages import Announced, new_messages
from provider.notifications.message import Message
from provider.notifications.ports import Outbox


class AnnouncedStore(Protocol):
    """Keeps what was announced."""

    def read(self) -> Announced | None:
        """What was announced, the same object until something else is; None before the first call of `announce`."""

    def write(self, announced: Announced) -> None:
        """Replace it, all or nothing."""


class ImageAnnouncer:
    """Announces rebuilds and failures, each once, even if the process is killed at any moment.

    Messages about failures are stored with the marks before they are put into the outbox; putting a message twice
    changes nothing.
    """

    def __init__(self, store: AnnouncedStore, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._store = store
        self._outbox = outbox
        self._now = now
        # What was stored, and the snapshot, when there was nothing more to announce.
        self._done: tuple[Announced, Snapshot] | None = None

    def announce(self, snapshot: Snapshot) -> None:
        """Put messages about all changes since the last call into the outbox; the first call ever puts none."""
        announced = self._store.read()
        if self._done and announced is self._done[0] and _alike(self._done[1], snapshot):
            return
        self._done = None
        if announced is not None and announced.waiting:
            announced = self._put_waiting(announced)
        found = new_messages(self._now(), announced.marks if announced else None, snapshot)
        self._put(found.rebuilds)
        if announced is None or found.marks != announced.marks:
            changed = Announced(dict(found.marks), found.failures)
            self._store.write(changed)
            if changed.waiting:
                self._put_waiting(changed)
        elif announced is not None:
            self._done = announced, snapshot

    def _put_waiting(self, announced: Announced) -> Announced:
        self._put(announced.waiting)
        after = Announced(announced.marks)
        self._store.write(after)
        return after

    def _put(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            self._outbox.put(message, self._now())


def _alike(before: Snapshot, after: Snapshot) -> bool:
    """Whether nothing that messages are about has changed."""
    same = before.images is after.images and before.bases is after.bases
    return same and (before.problems, before.errors) == (after.problems, after.errors)
