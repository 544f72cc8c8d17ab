"""Lists of tags: the newest one, or the last one where reading it takes longer than a page waits."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from cachetools import LRUCache

from catalog.reference import ImageReference
from proxy.deadline import Deadline
from proxy.errors import AddressRefused, NotFound, StillReading
from proxy.places import may_wait, take_place
from proxy.versions.details.background import Background
from proxy.versions.listing import Listed
from proxy.versions.memo import MOST_WEIGHT, weight_of
from proxy.versions.source_choice import SourceChoice
from proxy.versions.sources import FRESH, Upstreams, VersionSource

LONGEST_WAIT = 20.0
"""Seconds that a request waits for a list that was never read: less than proxies in front of the service wait."""

AGAIN = timedelta(seconds=5)
"""How long after that the next request makes sense."""


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list, and where it is from; `reading`: it is the last known one, and a newer one is being read."""

    listed: Listed
    source: VersionSource
    reading: bool = False


class Lists:
    """The lists of all repositories. Safe to use from many threads.

    Args:
        upstreams: where they are read.
        now: the time, in UTC.
    """

    def __init__(self, upstreams: Upstreams, now: Callable[[], datetime]) -> None:
        self._sources = SourceChoice(upstreams)
        self._progress = upstreams.progress
        self._now = now
        self._background: Background[KnownList] = Background()
        self._lock = threading.Lock()
        self._last: LRUCache[str, KnownList] = LRUCache(MOST_WEIGHT, getsizeof=_weight_of)

    def of(self, repository: ImageReference, patience: Deadline, *, refresh: bool) -> KnownList:
        """The list of a repository. Many callers cause one read; while the registry fails, the last list is stale.

        Args:
            repository: a reference without a tag.
            patience: until when a newer list is waited for, if there is one already.
            refresh: send requests even if the list is fresh.

        Raises:
            OutsideFailure: as `VersionSource.listed`.
            StillReading: a list that was never read takes very long; it is read on.
            NoPlace: this thread may not wait for another host now, and the list was never read.
        """
        image = repository.image
        last = self._known(image)
        if last and not refresh and self._is_fresh(last.listed) and not self._background.reads(image):
            return last
        waits = may_wait()
        if last is None:
            take_place()
        reading = self._background.read(repository.registry, image, lambda: self._read(repository, refresh=refresh))
        if not _ends(reading, patience.left if waits else 0.0):
            if last := self._known(image):
                return KnownList(last.listed, last.source, reading=True)
            if not _ends(reading, LONGEST_WAIT):
                raise StillReading(self._problem(image), self._now() + AGAIN)
        error = reading.exception()
        if error is None:
            return reading.result()
        if last := self._known(image):
            return KnownList(_stale(last.listed), last.source)
        # A shared error would collect the tracebacks of all callers.
        raise copy(error)

    def source(self, repository: ImageReference) -> VersionSource:
        """Where the list of a repository is read."""
        return self._sources.of(repository)

    def _read(self, repository: ImageReference, *, refresh: bool) -> KnownList:
        source = self._sources.of(repository)
        try:
            found = KnownList(source.listed(repository, refresh=refresh), source)
        except (NotFound, AddressRefused):
            self._keep(repository.image, None)
            raise
        self._keep(repository.image, found)
        return found

    def _known(self, image: str) -> KnownList | None:
        with self._lock:
            return self._last.get(image)

    def _keep(self, image: str, found: KnownList | None) -> None:
        with self._lock:
            self._last.pop(image, None)
            if found and _weight_of(found) <= self._last.maxsize:
                self._last[image] = found

    def _is_fresh(self, listed: Listed) -> bool:
        whole = listed.complete and not listed.stale and not listed.problem
        return whole and listed.fetched_at <= self._now() < listed.fetched_at + FRESH

    def _problem(self, image: str) -> str:
        count = self._progress.of(image)
        so_far = f"{count:,} tag{'' if count == 1 else 's'} so far" if count else "because it is long or slow"
        return f"{image}: the list of tags is still being read, {so_far}; try again in a moment"


def _stale(listed: Listed) -> Listed:
    return Listed(listed.listing, listed.fetched_at, stale=True, problem=listed.problem)


def _ends(reading: Future[KnownList], seconds: float) -> bool:
    """Whether it has ended, or ends within this time."""
    return not wait([reading], timeout=seconds).not_done


def _weight_of(known: KnownList) -> int:
    return 1 + weight_of(known.listed.listing)
