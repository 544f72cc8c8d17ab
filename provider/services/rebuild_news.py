"""Hand on what happened to images: compare what was told with the books, and put the difference into the outbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from provider.domain.books import Books
from provider.domain.news import Story, StoryKind, Told, news
from provider.tracker_ports import Message, MessageKind, Outbox


class NewsMemory(Protocol):
    """Where it is kept what was told."""

    def read(self) -> Told | None:
        """What was told; None before the first look."""

    def write(self, told: Told) -> None:
        """Keep this instead, all or nothing."""


class RebuildNews:
    """Tells of rebuilds and failures, each once, whenever this process is killed.

    What is to be told is written down with the marks before it is handed on; putting a message twice changes nothing.
    """

    def __init__(self, memory: NewsMemory, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._outbox = outbox
        self._now = now

    def look(self, books: Books) -> None:
        """Hand on what changed since the last look; the first look ever is silent."""
        told = self._memory.read()
        if told is not None and told.waiting:
            told = self._handed_on(told)
        found = news(self._now(), told.marks if told else None, books)
        self._put(found.rebuilds)
        if told is None or found.marks != told.marks:
            fresh = Told(dict(found.marks), found.failures)
            self._memory.write(fresh)
            if fresh.waiting:
                self._handed_on(fresh)

    def _handed_on(self, told: Told) -> Told:
        self._put(told.waiting)
        after = Told(told.marks)
        self._memory.write(after)
        return after

    def _put(self, stories: tuple[Story, ...]) -> None:
        for story in stories:
            self._outbox.put(Message(story.id, _kind(story), story.subject, story.body), self._now())


def _kind(story: Story) -> MessageKind:
    match story.kind:
        case StoryKind.REBUILD:
            return "rebuild"
        case StoryKind.FAILURE:
            return "failure"
