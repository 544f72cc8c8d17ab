"""Hand on what happened to images: compare what was told with the snapshot, and put the difference into the outbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from provider.domain.snapshot import Snapshot
from provider.notifications.image_messages import Announced, new_messages
from provider.notifications.message import Message
from provider.notifications.ports import Outbox


class AnnouncedStore(Protocol):
    """Where it is kept what was told."""

    def read(self) -> Announced | None:
        """What was told; None before the first look."""

    def write(self, told: Announced) -> None:
        """Keep this instead, all or nothing."""


class ImageAnnouncer:
    """Tells of rebuilds and failures, each once, whenever this process is killed.

    What is to be told is written down with the marks before it is handed on; putting a message twice changes nothing.
    """

    def __init__(self, memory: AnnouncedStore, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._outbox = outbox
        self._now = now

    def look(self, snapshot: Snapshot) -> None:
        """Hand on what changed since the last look; the first look ever is silent."""
        told = self._memory.read()
        if told is not None and told.waiting:
            told = self._handed_on(told)
        found = new_messages(self._now(), told.marks if told else None, snapshot)
        self._put(found.rebuilds)
        if told is None or found.marks != told.marks:
            fresh = Announced(dict(found.marks), found.failures)
            self._memory.write(fresh)
            if fresh.waiting:
                self._handed_on(fresh)

    def _handed_on(self, told: Announced) -> Announced:
        self._put(told.waiting)
        after = Announced(told.marks)
        self._memory.write(after)
        return after

    def _put(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            self._outbox.put(message, self._now())
