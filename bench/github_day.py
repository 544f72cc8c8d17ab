"""A day of requests to GitHub: the product's code, a GitHub in memory that counts, and a clock that is moved.

The day begins with nothing known, has as many builds in progress as are allowed at every moment, and a token of a
GitHub App that changes every hour. Digests, decisions and git cost GitHub nothing, and are left out.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.marks import Mark
from catalog.image import Conclusion, DiscoveryStatus
from provider.builds.github_actions import GitHubActions
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.planning.kept_settling import KeptSettling
from provider.domain.policy.rules import NO_POLICY
from provider.domain.rebuild_record import ended, request_of
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState, RebuildStage, RebuildState
from provider.services.discovery import DockerfileReads, discover_dependencies
from provider.services.enrollments import follow_enrollments
from provider.services.run_watching.watch import RunWatch
from provider.services.source_reading.schedule import ReadSchedule
from provider.services.source_reading.source_reads import SourceReads
from provider.sources.github import GitHubSource
from proxy.cache import CacheEntry
from proxy.deadline import Deadline
from proxy.github.app import AppCredentials
from proxy.github.known_answers import KnownAnswers
from proxy.github.session import GitHubSession
from tests.fakes.github_hours import HOUR, LIMIT, GitHubHours
from tests.fakes.read_times import FakeReadTimes
from tests.fakes.registry import FakeRegistry
from tests.fakes.snapshot_store import FakeSnapshotStore
from tests.proxy.github.keys import APP_ID, private_pem

START = datetime(2026, 11, 29, tzinfo=UTC)
TURN = timedelta(seconds=15)
ROUND = timedelta(minutes=15)
IMAGES_OF_A_REPOSITORY = 2
BUILDS_AT_ONCE = 100
_URL = "https://api.github.com"
_TURN_SECONDS = 600.0


@dataclass
class GitHubDay:
    """The parts of the service that ask GitHub, and the state that they share.

    Attributes:
        images: how many.
        builds_at_once: how many builds are in progress at every moment.
        limit: of GitHub, for an hour.
        hears: webhooks report the runs of every repository.
        read_after: how long it took until every Dockerfile was read; None: not yet.
        built: how many builds have ended.
        late: from the end of each build until the service knew it.
    """

    images: int
    hears: bool = False
    builds_at_once: int = BUILDS_AT_ONCE
    limit: int = LIMIT
    read_after: timedelta | None = None
    built: int = 0
    late: list[timedelta] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.github = GitHubHours(START, self.limit)
        transport: Any = self.github
        credentials = AppCredentials(transport, _URL, APP_ID, private_pem(), self.github.now)
        known = KnownAnswers(_Memory(), self.github.now)
        session = GitHubSession(transport, _URL, credentials, known)
        self._sources, self._builds = GitHubSource(session), GitHubActions(session)
        self._watch = RunWatch(self._builds, lambda _: self.github.at if self.hears else None)
        self._store, self._registry = FakeSnapshotStore(), FakeRegistry()
        self._settling = KeptSettling()
        self._schedule = ReadSchedule(24 * HOUR, FakeReadTimes())
        self._reads: DockerfileReads = SourceReads()
        enrolled = [_enrollment(number) for number in range(self.images)]
        self._store.enroll(*enrolled)
        follow_enrollments(START, self._store, self._settling)
        # One image of each repository, then the others: builds share no request about runs.
        self._waiting = deque(
            sorted((each.name for each in enrolled), key=lambda name: (int(name[4:]) % IMAGES_OF_A_REPOSITORY, name))
        )
        self._active: dict[str, ImageState] = {}

    def run(self, time: timedelta = 24 * HOUR) -> None:
        """Let this time pass, a day for example."""
        next_round, end = self.github.at, self.github.at + time
        while self.github.at < end:
            turn = self.github.at + TURN
            self._follow()
            self._dispatch()
            snapshot = self._store.read()
            if self.github.at >= next_round:
                next_round += ROUND
                self.read(self._schedule.due(self.github.at, snapshot))
            else:
                self.read(self._schedule.unread(self.github.at))
            self.github.at = max(self.github.at, turn)

    def _follow(self) -> None:
        snapshot = replace(self._store.read(), images=dict(self._active))
        self._watch.ask(self.github.at, snapshot)
        done: dict[str, ImageState] = {}
        for name, image in self._active.items():
            record = image.active
            assert record
            seen = self._watch.seen(record.id)
            run = seen.outcome if seen else None
            conclusion = getattr(run, "conclusion", None)
            if conclusion is Conclusion.SUCCESS:
                after = ended(self.github.at, record, run)  # type: ignore[arg-type] # it has a conclusion
                assert after.completed_at
                self.late.append(self.github.at - after.completed_at)
                done[name] = image.with_record(replace(after, settled=True))
        for name in done:
            del self._active[name]
        self.built += len(done)
        if done:
            self._store.write(lambda fresh: _with_records(fresh, done), "Record the ends of builds")

    def _dispatch(self) -> None:
        """Start as many builds as are allowed; the wait between two writes moves the clock."""
        until = self.github.at + TURN
        while len(self._active) < min(self.builds_at_once, self.images) and self.github.at < until:
            image = self._store.read().images[self._waiting[0]]
            number, at = len(self.github.writes), self.github.at
            record = RebuildState(f"rebuild-{number}", f"key-{number}", at, at, (), (), "a base image changed")
            request = request_of(NO_POLICY, image.enrollment, record)
            assert request
            answer = self._builds.dispatch(request)
            sent = replace(record, stage=RebuildStage.DISPATCHED, dispatched_at=self.github.at, run_id=answer.run_id)
            self._active[image.name] = replace(image, rebuilds=(sent,))
            self._waiting.rotate(-1)

    @property
    def read_images(self) -> int:
        """How many images have been read."""
        every = self._store.read().images.values()
        return sum(image.discovery is not DiscoveryStatus.PENDING for image in every)

    def enroll(self) -> str:
        """One more image, which a person has just enrolled; returns its name."""
        self.images += 1
        self._store.enroll(added := _enrollment(self.images - 1))
        follow_enrollments(self.github.at, self._store, self._settling)
        return added.name

    def is_read(self, name: str) -> bool:
        """Whether this image has been read."""
        return self._store.read().images[name].discovery is not DiscoveryStatus.PENDING

    def read(self, names: Iterable[str]) -> None:
        """Read these images, as a round or a reaction does."""
        wanted = list(names)
        if not wanted:
            return
        at, snapshot = self.github.at, self._store.read()
        deadline = Deadline.after(_TURN_SECONDS)
        done = discover_dependencies(at, self._store, self._sources, self._registry, wanted, self._reads, deadline)
        self._schedule.note(at, snapshot, wanted, done)
        if self.read_after is None and self.read_images == self.images:
            self.read_after = self.github.at - START


class _Memory(dict[str, CacheEntry]):
    """The storage of GitHub's last answers."""

    def read(self, key: str) -> CacheEntry | None:
        """See the port."""
        return self.get(key)

    def write(self, key: str, entry: CacheEntry) -> None:
        """See the port."""
        self[key] = entry

    def remove(self, key: str) -> None:
        """See the port."""
        self.pop(key, None)

    def claim(self, *_: object) -> bool:
        """See the port."""
        return True

    def release(self, *_: object) -> None:
        """See the port."""


def _enrollment(number: int) -> Enrollment:
    name = f"app-{number:05}"
    place = number % IMAGES_OF_A_REPOSITORY
    source = Source("github", f"acme/repo-{number // IMAGES_OF_A_REPOSITORY:05}", dockerfiles=(f"{place}/Dockerfile",))
    build = Build("github-actions", workflow="build.yml")
    return Enrollment(name, "ghcr.io", f"acme/{name}", platforms=("linux/amd64",), source=source, build=build)


def _with_records(snapshot: Snapshot, done: dict[str, ImageState]) -> Changes:
    return Changes(
        images={name: replace(snapshot.images[name], rebuilds=image.rebuilds) for name, image in done.items()}
    )


def github_day_marks(_folder: Path, count: int, _rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Let a day pass without webhooks and one with them, for `count` images."""
    marks = []
    for hears in (False, True):
        report("github_day")
        day = GitHubDay(count, hears=hears)
        day.run()
        name = f"a day of {count:,} images at GitHub, {'with' if hears else 'without'} webhooks"
        hours = (day.read_after or 24 * HOUR) / HOUR
        marks += [
            Mark(f"{name}: highest hour", day.github.highest_hour, "requests", LIMIT, at_most=True),
            Mark(f"{name}: refused", day.github.refused, "requests", 0, at_most=True),
            Mark(f"{name}: all Dockerfiles read after", hours, "h", 2, at_most=True),
            Mark(f"{name}: builds", day.built, "builds", 24 * BUILDS_AT_ONCE, at_most=False),
        ]
    return marks
