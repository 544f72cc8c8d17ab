"""The times of the checks of digests: what is due, and in which order. Processes share them."""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from catalog.reference import ImageReference
from provider.check_ports import CheckRecords
from provider.domain.planning.tracked_references import TrackedReferences
from provider.domain.snapshot import Snapshot
from provider.domain.times.check_times import NEVER, CheckTimes, due_checks, is_resting, resting, succeeded
from provider.services.counting.check_outcomes import check_outcomes
from provider.services.monitoring import CheckResult, DigestChecks, UnreadDigest
from provider.services.sharing.shares import to_do
from provider.services.sharing.taking import AllShares, WorkShares
from proxy.errors import KeptBack, NotNow, OutsideFailure


@dataclass(frozen=True, slots=True)
class Pace:
    """The longest time between two checks of one thing.

    Attributes:
        own: of managed images, and of base images in registries that have managed images.
        bases: of all other base images.
        discovery: of Dockerfiles, when neither a change of the enrollment nor a rebuild causes an earlier check.
    """

    own: timedelta
    bases: timedelta
    discovery: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CheckedAt:
    """When the last check of one kind was, and when the next one is due."""

    last: datetime
    following: datetime


class NoRecords:
    """The records of a process beside which there is no other one: it has its own in memory."""

    def news(self) -> Mapping[str, CheckTimes]:
        """There is none."""
        return {}

    def note(self, times: Mapping[str, CheckTimes]) -> None:
        """Nobody else needs it."""

    def forget(self, references: Collection[str]) -> None:
        """There is nothing to forget."""


@dataclass(frozen=True, slots=True)
class SharedChecks:
    """What processes share of their checks.

    Attributes:
        records: when each reference was checked.
        shares: of the checks, by the repository in the registry.
        readings: the shares of the readings of Dockerfiles, by source repository.
        counted: adds to the numbers of checks, by their outcome.
    """

    records: CheckRecords = field(default_factory=NoRecords)
    shares: WorkShares = field(default_factory=AllShares)
    readings: WorkShares = field(default_factory=AllShares)
    counted: Callable[[Mapping[str, int]], object] = len


class CheckSchedule:
    """Remembers when each reference was checked, by this process or another one.

    A new process goes on with the checks that succeeded, and makes those that failed once more.

    Args:
        own: the longest time between two checks of managed images, and of base images in registries that have managed
            images.
        bases: of all other base images.
        heard: when a webhook last reported an image of a registry; then the managed images there are checked less often
            for a while.
        shared: what processes share.
    """

    def __init__(
        self, own: timedelta, bases: timedelta, heard: Callable[[str], datetime | None], shared: SharedChecks
    ) -> None:
        self._shared = shared
        self._joined = False
        self._own = own
        self._bases = bases
        self._heard = heard
        self._tracked = TrackedReferences()
        self._paces: dict[ImageReference, timedelta] = {}
        self._rests: list[str] = []
        self._times: dict[ImageReference, CheckTimes] = {}
        self._rounds = 0
        # Between these times nothing becomes due, as long as nothing else changes.
        self._quiet: tuple[datetime, datetime] | None = None

    @contextmanager
    def share(self, now: Callable[[], datetime], read: Callable[[], Snapshot], *, new: bool) -> Iterator[list[str]]:
        """What is due of the shares of this process; until the end of the block no other process checks these.

        Args:
            now: the clock.
            read: gives the newest snapshot.
            new: whether a few that were never checked are not left to others.
        """
        if not self.due(now(), read()):
            yield []
            return
        with self._shared.shares.taken() as ours:
            # What another process has just checked is no longer due.
            due = self.due(now(), read())
            references = dict(self._tracked.named())
            keys = {name: f"{references[name].registry}/{references[name].repository}" for name in due}
            yield to_do(keys, ours, [name for name in due if new and not self.has_asked(references[name])])

    @property
    def begun(self) -> bool:
        """Whether anything has been checked."""
        return bool(self._times)

    def has_asked(self, reference: ImageReference) -> bool:
        """Whether this process has checked the reference."""
        return self._times.get(reference, NEVER).asked is not None

    def unasked(self, snapshot: Snapshot) -> set[str]:
        """The names of the images and bases that this process has not checked."""
        self._tracked.follow(snapshot)
        return {name for name, reference in self._tracked.named() if not self.has_asked(reference)}

    def due(self, now: datetime, snapshot: Snapshot) -> list[str]:
        """The names of the images and bases that are to be checked now, the oldest check first."""
        self._follow(now, snapshot)
        self._take_news(snapshot)
        if self._quiet and self._quiet[0] <= now < self._quiet[1]:
            return []
        due = due_checks(now, self._paces, self._times, self._rounds)
        if not due:
            self._quiet = now, self._following(now)
            return []
        names: dict[ImageReference, list[str]] = {}
        for name, reference in self._tracked.named():
            names.setdefault(reference, []).append(name)
        return [name for reference in due for name in names[reference]]

    def note(self, at: datetime, done: DigestChecks) -> None:
        """Note what a round that began at this time has found."""
        self._rounds += 1
        if not done.results:
            return
        self._shared.counted(check_outcomes(done.results.values()))
        self._follow(at, done.snapshot)
        self._quiet = None
        for reference, result in done.results.items():
            if pace := self._paces.get(reference):
                self._times[reference] = _after(at, self._times.get(reference, NEVER), pace, result)
        self._shared.records.note({str(each): self._times[each] for each in done.results if each in self._times})

    def checked_at(self, now: datetime, snapshot: Snapshot) -> CheckedAt | None:
        """When this process last asked for any of them, and when the next is due; None: it has not asked yet."""
        self._follow(now, snapshot)
        asked_at = [times.asked for times in self._times.values() if times.asked]
        if not asked_at or not self._paces:
            return None
        quiet = self._quiet and self._quiet[0] <= now < self._quiet[1]
        return CheckedAt(max(asked_at), self._quiet[1] if self._quiet and quiet else self._following(now))

    def resting(self, now: datetime, snapshot: Snapshot) -> list[str]:
        """The registries whose managed images are checked less often now, because webhooks report their changes."""
        self._follow(now, snapshot)
        return self._rests

    def _follow(self, now: datetime, snapshot: Snapshot) -> None:
        """Bring the longest times between two checks up to date with what is tracked and with what webhooks report."""
        changed = self._tracked.follow(snapshot)
        rests = sorted(each for each in self._tracked.registries if is_resting(now, self._heard(each)))
        if not changed and rests == self._rests:
            return
        self._rests, self._quiet = rests, None
        managed, own = set(self._tracked.managed), self._tracked.registries
        self._paces = {
            reference: self._own if reference in managed or reference.registry in own else self._bases
            for _, reference in self._tracked.named()
        }
        rest = resting(self._own)
        self._paces |= {reference: rest for reference in managed if reference.registry in rests}
        if gone := [reference for reference in self._times if reference not in self._paces]:
            self._times = {reference: known for reference, known in self._times.items() if reference in self._paces}
            self._shared.records.forget([str(reference) for reference in gone])

    def _take_news(self, snapshot: Snapshot) -> None:
        """Count what other processes have checked of what the snapshot, which is followed, tracks."""
        news, first, self._joined = self._shared.records.news(), not self._joined, True
        if not news:
            return
        tracked = {str(reference): (name, reference) for name, reference in self._tracked.named()}
        if first:
            self._shared.records.forget(news.keys() - tracked.keys())
            # Whoever starts a process again may have mended what made a check fail.
            news = {text: times for text, times in news.items() if _succeeded(times)}
        for text, times in news.items():
            name, reference = tracked.get(text, ("", None))
            if reference is None or not _is_newer(times, self._times.get(reference, NEVER)):
                continue
            # What it found may have been removed from the state since.
            if not _succeeded(times) or snapshot.ledger(name).observations:
                self._times[reference], self._quiet = times, None

    def _following(self, now: datetime) -> datetime:
        """When the next check is due."""
        times = (self._times.get(each, NEVER).next_at(now, pace) for each, pace in self._paces.items())
        return min(times, default=datetime.max.replace(tzinfo=UTC))


def _succeeded(times: CheckTimes) -> bool:
    return times == CheckTimes(times.asked)


def _is_newer(times: CheckTimes, known: CheckTimes) -> bool:
    return times.asked is not None and (known.asked is None or known.asked < times.asked)


def answered(done: DigestChecks) -> Iterable[str]:
    """The names that got an answer, even a refusal: only those have been checked."""
    return [name for name, reference in done.references.items() if not _is_open(done.results.get(reference))]


def asked(done: DigestChecks) -> Iterable[str]:
    """The names that were asked for; their check may have failed."""
    return [
        name
        for name, reference in done.references.items()
        if not isinstance(done.results.get(reference), KeptBack | None)
    ]


def in_rounds(
    names: Sequence[str], check: Callable[[Sequence[str]], DigestChecks]
) -> Mapping[ImageReference, CheckResult]:
    """Check all of these once, in as many rounds as it takes; what is kept back is not waited for."""
    left, results = names, dict[ImageReference, CheckResult]()
    while left:
        done = check(left)
        results |= done.results
        reached = set(asked(done))
        left = [name for name in left if name not in reached] if reached else []
    return results


def _is_open(result: CheckResult | None) -> bool:
    return result is None or isinstance(result, NotNow)


def _after(at: datetime, before: CheckTimes, pace: timedelta, result: CheckResult) -> CheckTimes:
    match result.failure if isinstance(result, UnreadDigest) else result:
        case KeptBack() as failure:
            return before.kept_back(failure.retry_at)
        case NotNow() as failure:
            return before.failed(at, pace, failure.retry_at)
        case OutsideFailure():
            return before.failed(at, pace, None)
        case _:
            return succeeded(at)


class Turns:
    """Whose turn it is, where a round may end early: who had none, or had it longest ago, comes first."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._last: dict[str, int] = {}

    def ordered(self, names: Iterable[str]) -> list[str]:
        """These names in the order of their turns; all others are forgotten."""
        known = list(names)
        self._last = {name: self._last[name] for name in known if name in self._last}
        return sorted(known, key=lambda name: self._last.get(name, -1))

    def note(self, names: Iterable[str]) -> None:
        """These have just had a turn."""
        self._last |= {name: next(self._numbers) for name in names}
