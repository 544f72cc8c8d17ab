"""The times of the checks of digests, in memory: what is due, and in which order."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.reference import ImageReference
from provider.domain.check_times import NEVER, CheckTimes, due_checks, is_resting, resting, succeeded
from provider.domain.snapshot import Snapshot
from provider.services.monitoring import CheckResult, DigestChecks, UnreadDigest
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


class CheckSchedule:
    """Remembers when each reference was checked. A new process checks everything once more.

    Args:
        own: the longest time between two checks of managed images, and of base images in registries that have managed
            images.
        bases: of all other base images.
        heard: when a webhook last reported an image of a registry; then the managed images there are checked less often
            for a while.
    """

    def __init__(self, own: timedelta, bases: timedelta, heard: Callable[[str], datetime | None]) -> None:
        self._own = own
        self._bases = bases
        self._heard = heard
        self._times: Mapping[ImageReference, CheckTimes] = {}
        self._rounds = 0

    @property
    def begun(self) -> bool:
        """Whether this process has checked anything."""
        return bool(self._times)

    def has_asked(self, reference: ImageReference) -> bool:
        """Whether this process has checked the reference."""
        return self._times.get(reference, NEVER).asked is not None

    def unasked(self, snapshot: Snapshot) -> set[str]:
        """The names of the images and bases that this process has not checked."""
        return {name for name, reference in _references(snapshot) if not self.has_asked(reference)}

    def due(self, now: datetime, snapshot: Snapshot) -> list[str]:
        """The names of the images and bases that are to be checked now, the oldest check first."""
        due = due_checks(now, self._paces(now, snapshot), self._times, self._rounds)
        names: dict[ImageReference, list[str]] = {}
        for name, reference in _references(snapshot) if due else ():
            names.setdefault(reference, []).append(name)
        return [name for reference in due for name in names[reference]]

    def note(self, at: datetime, done: DigestChecks) -> None:
        """Note what a round that began at this time has found."""
        self._rounds += 1
        paces = self._paces(at, done.snapshot)
        times = {reference: known for reference, known in self._times.items() if reference in paces}
        for reference, result in done.results.items():
            if pace := paces.get(reference):
                times[reference] = _after(at, times.get(reference, NEVER), pace, result)
        self._times = times

    def checked_at(self, now: datetime, snapshot: Snapshot) -> CheckedAt | None:
        """When this process last asked for any of them, and when the next is due; None: it has not asked yet."""
        asked_at = [times.asked for times in self._times.values() if times.asked]
        paces = self._paces(now, snapshot)
        if not asked_at or not paces:
            return None
        following = min(self._times.get(each, NEVER).next_at(now, pace) for each, pace in paces.items())
        return CheckedAt(max(asked_at), following)

    def resting(self, now: datetime, snapshot: Snapshot) -> list[str]:
        """The registries whose managed images are checked less often now, because webhooks report their changes."""
        registries = {image.enrollment.reference.registry for image in snapshot.images.values()}
        return sorted(registry for registry in registries if is_resting(now, self._heard(registry)))

    def _paces(self, now: datetime, snapshot: Snapshot) -> Mapping[ImageReference, timedelta]:
        own = {image.enrollment.reference.registry for image in snapshot.images.values()}
        managed = {image.enrollment.reference for image in snapshot.images.values()}
        paces = {
            reference: self._own if reference in managed or reference.registry in own else self._bases
            for _, reference in _references(snapshot)
        }
        rests, rest = self.resting(now, snapshot), resting(self._own)
        return paces | {reference: rest for reference in managed if reference.registry in rests}


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


def _is_open(result: CheckResult | None) -> bool:
    return result is None or isinstance(result, NotNow)


def _references(snapshot: Snapshot) -> Iterator[tuple[str, ImageReference]]:
    for name, image in snapshot.images.items():
        yield name, image.enrollment.reference
    for name, base in snapshot.bases.items():
        yield name, base.image.tagged


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
