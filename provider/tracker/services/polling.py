"""Poll one tracked repository. `poll_round.py` polls all that are due."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from provider.errors import PolledJustNow
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, PollFailure, PollResult, UnchangedList
from provider.tracker.decisions.polling import DAILY, after_poll
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.repository import Address, Tracked
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.ports import ReleaseSource, TrackerStore
from provider.tracker.services.host_patience import HostPatience
from proxy.errors import KeptBack, NotNow, OutsideFailure
from proxy.observing.event_log import EventLog

BETWEEN_REQUESTS = timedelta(seconds=5)
"""The shortest time between two polls of a repository that people request."""

_LONGEST_MESSAGE = 1_000
_log = EventLog(__name__)


class KeptVersions(Collection[str]):
    """The tags of stored versions that have a hash, without drafts; read on first use: most lists are unchanged."""

    def __init__(self, read: Callable[[], Sequence[Release]]) -> None:
        self._read = read
        self._releases: Sequence[Release] | None = None

    @property
    def releases(self) -> Sequence[Release]:
        """All stored releases."""
        if self._releases is None:
            self._releases = self._read()
        return self._releases

    def __contains__(self, version: object) -> bool:
        return any(kept == version for kept in self)

    def __iter__(self) -> Iterator[str]:
        return (each.tag or each.version for each in self.releases if each.by_hand or (each.hash and not each.draft))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class Polled:
    """The outcome of a poll, and what it changes; `error` is the exception if the outcome is a failure."""

    outcome: Found | UnchangedList | PollFailure
    result: PollResult
    error: Exception | None = None


def host_of(address: Address) -> str:
    """The host that an address is polled at; the type, where the address has no host."""
    return address.host or address.type.value


@dataclass(slots=True)
class Poller:
    """Polls sources and decides what the result changes. Thread-safe.

    Attributes:
        interval: the time from one poll of a repository to the next.
        host: maps an address to the host that rate limits and outages apply to.
    """

    store: TrackerStore
    sources: Mapping[RepositoryType, ReleaseSource]
    now: Callable[[], datetime]
    interval: timedelta
    host: Callable[[Address], str] = host_of
    patience: HostPatience = field(default_factory=HostPatience)
    _requested: dict[int, datetime] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def check(self, address: Address, wanted: WantedVersions) -> Found:
        """Read what is published at an address; nothing is written.

        Raises:
            OutsideFailure: see `ReleaseSource.poll`.
        """
        host = self.host(address)
        self.patience.check(host, self.now())
        try:
            found = self.sources[address.type].poll(address, wanted=wanted, memory=None)
        except NotNow as error:
            self.patience.failed(host, self.now(), error)
            raise
        return found if isinstance(found, Found) else Found(None, ())

    def poll_one(self, repository: int) -> Polled:
        """Poll now, for a person who waits, and record the result. A failure is recorded and raised.

        Raises:
            NotTracked: there is no repository of that id.
            PolledJustNow: a person requested a poll of it a moment ago.
            OutsideFailure: see `ReleaseSource.poll`.
        """
        tracked = self.store.get(repository)
        self._take_turn(repository)
        self.patience.check(self.host(tracked.address), self.now())
        polled = self.poll(tracked)
        self.store.record([polled.result])
        if polled.error is not None:
            raise polled.error
        return polled

    def poll(self, tracked: Tracked) -> Polled:
        """Poll the source; every error becomes a failed outcome. Nothing is recorded.

        Once a day lists are read whole, so that what no change of a list shows is found too.
        """
        kept = KeptVersions(lambda: self.store.known(tracked.id))
        host, now = self.host(tracked.address), self.now()
        thorough = tracked.read_whole_at is None or now - tracked.read_whole_at >= DAILY
        try:
            outcome: Found | UnchangedList | PollFailure = self.sources[tracked.address.type].poll(
                tracked.address, wanted=tracked.wanted, memory=tracked.memory, known=kept, thorough=thorough
            )
            known = kept.releases if isinstance(outcome, Found) else ()
            read = replace(tracked, read_whole_at=now) if thorough else tracked
            polled = Polled(outcome, after_poll(self.now(), read, known, outcome, self.interval))
        except KeptBack as error:
            # Nothing was sent: that says nothing about the repository or its host.
            return self.failed(tracked, PollFailure(_cut(error), error.retry_at or now), error)
        except NotNow as error:
            if error.retry_at is None:
                _note(tracked, error)
            elif self.patience.limited(host, self.now(), error):
                _log.info(
                    "host_limits_polls",
                    "{host} limits requests; its repositories wait: {error}",
                    host=host,
                    error=_cut(error),
                )
            self.patience.failed(host, self.now(), error)
            return self.failed(tracked, PollFailure(_cut(error), error.retry_at), error)
        except OutsideFailure as error:
            _note(tracked, error)
            polled = self.failed(tracked, PollFailure(_cut(error)), error)
        except Exception as error:  # noqa: BLE001 - logged, and recorded as the error of this repository
            # An unexpected error of one repository must not stop the others.
            _log.exception(
                "poll_broken",
                "unexpected error while polling {repository} ({repository_id})",
                repository=tracked.name,
                repository_id=tracked.id,
            )
            polled = self.failed(
                tracked, PollFailure(f"unexpected {type(error).__name__}; see the log of the service"), error
            )
        self.patience.answered(host)
        return polled

    def failed(self, tracked: Tracked, failure: PollFailure, error: Exception | None = None) -> Polled:
        """The result of a failed or skipped poll."""
        return Polled(failure, after_poll(self.now(), tracked, (), failure, self.interval), error)

    def _take_turn(self, repository: int) -> None:
        now = self.now()
        with self._lock:
            self._requested = {each: at for each, at in self._requested.items() if now - at < BETWEEN_REQUESTS}
            if last := self._requested.get(repository):
                raise PolledJustNow(
                    f"repository {repository} was polled a moment ago; try again in a few seconds",
                    last + BETWEEN_REQUESTS,
                )
            self._requested[repository] = now


def _note(tracked: Tracked, error: OutsideFailure) -> None:
    """Log a failure when it begins and when its cause changes, not at each poll."""
    message, before = _cut(error), tracked.error
    if before is None or before.message != message:
        _log.warning(
            "poll_failed",
            "{repository} ({address}) could not be polled: {error}",
            repository=tracked.name,
            address=tracked.address.url,
            error=message,
        )


def _cut(error: Exception) -> str:
    return str(error)[:_LONGEST_MESSAGE]
