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
        """What was announced; None before the first call of `announce`."""

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

    def announce(self, snapshot: Snapshot) -> None:
        """Put messages about all changes since the last call into the outbox; the first call ever puts none."""
        announced = self._store.read()
        if announced is not None and announced.waiting:
            announced = self._put_waiting(announced)
        found = new_messages(self._now(), announced.marks if announced else None, snapshot)
        self._put(found.rebuilds)
        if announced is None or found.marks != announced.marks:
            changed = Announced(dict(found.marks), found.failures)
            self._store.write(changed)
            if changed.waiting:
                self._put_waiting(changed)

    def _put_waiting(self, announced: Announced) -> Announced:
        self._put(announced.waiting)
        after = Announced(announced.marks)
        self._store.write(after)
        return after

    def _put(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            self._outbox.put(message, self._now())
