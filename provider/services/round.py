"""One round over everything, step by step; the jobs and the command line call it."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from catalog.reference import ImageReference
from provider.containment import contained
from provider.domain.build_request import Run
from provider.domain.plan import BuildCaps, Plan, next_decision
from provider.domain.planning.kept_plan import KeptPlan
from provider.domain.planning.kept_settling import KeptSettling
from provider.domain.retention.pruning import Retention, expire
from provider.domain.snapshot import Snapshot
from provider.operation_ports import PersonRequests
from provider.ports import BuildReports, BuildSystem, ImageIndex, ManySources, ReadTimes, SnapshotStore
from provider.services.asking.carrying_out import carry_out_requests
from provider.services.built_on import ClueReads, learn_what_images_are_built_on
from provider.services.check_schedule import CheckedAt, CheckSchedule, Pace, SharedChecks, Turns, answered, in_rounds
from provider.services.discovery import DockerfileReads, discover_dependencies
from provider.services.dispatching.claim import DispatchClaim, DispatchClaims, OnlyProcess
from provider.services.dispatching.clock_corrections import correct_times, observed_at
from provider.services.dispatching.limits import current_caps
from provider.services.enrollments import follow_enrollments
from provider.services.following import NO_REPORTS, SETTLING_TIME, Follower
from provider.services.monitoring import ROUND_SECONDS, CheckResult, DigestChecks, check_digests
from provider.services.progress import Progress, no_progress
from provider.services.publishing import Publisher
from provider.services.reacting.outcomes import outcome_of
from provider.services.reacting.reported import kept_reports
from provider.services.reacting.steps import Steps
from provider.services.reacting.tracked import never_read, pending, source_keys, to_check, to_read, tracked, unseen
from provider.services.reacting.wanted import Concerned, Reacted, Wanted
from provider.services.rebuilding import Rebuilder
from provider.services.run_watching.watch import RunWatch
from provider.services.sharing.shares import to_do
from provider.services.source_reading.schedule import ReadSchedule
from provider.services.source_reading.source_reads import SourceReads
from provider.services.stopping import NEVER_STOPS, Stopping
from provider.services.verification.verifications import Verifications
from proxy.deadline import Deadline, Monotonic
from proxy.http.clock_skew import ClockDifference
from proxy.observing.event_log import EventLog
from proxy.ports import Registry

_log = EventLog(__name__)
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Round:
    """The steps of a round over one set of ports. One round runs at a time, and reactions go between its steps.

    Attributes:
        requests: what people ask for; it is carried out before each decision.
        skew: the difference between our clock and the clocks of other hosts; None where it is not known.
        heard: when a webhook last reported an image of a registry, or a run of a group of builds; None: never.
        verifications: verifies the signatures of base images, before each decision.
        claims: takes the claim on sending requests to build systems, over all processes.
        read_times: when the Dockerfiles of each image were read, also by earlier processes.
        reports: keeps what build systems report that cannot be asked; None: a report only counts at once.
        stopping: once the end of the process has begun, no step begins; a round then ends with ServiceStops.
        monotonic: the clock of the deadlines of steps; that of `stopping` also ends the step that is running.
        got_on: called at the beginning and end of each step, by the thread that does it.
        checks: what processes share of the checks of digests.
        planned: the plan that was published last.
    """

    store: SnapshotStore
    registries: Registry
    sources: ManySources
    builds: BuildSystem
    index: ImageIndex
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    skew: Callable[[], ClockDifference | None]
    caps: BuildCaps
    pace: Pace
    publisher: Publisher
    requests: PersonRequests
    heard: Callable[[str], datetime | None]
    verifications: Verifications
    read_times: ReadTimes
    claims: DispatchClaims = OnlyProcess
    reports: BuildReports | None = None
    stopping: Stopping = NEVER_STOPS
    settling_time: timedelta = SETTLING_TIME
    monotonic: Monotonic = time.monotonic
    got_on: Callable[[], object] = lambda: None
    checks: SharedChecks = field(default_factory=SharedChecks)
    planned: Plan | None = field(init=False, default=None)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _steps: Steps = field(init=False)
    _next_decision: datetime | None = None
    _changed_at: datetime = _BEFORE_ALL
    _pulled_at: datetime | None = None
    _checks: CheckSchedule = field(init=False)
    _reads: DockerfileReads = field(default_factory=SourceReads)
    _clues: ClueReads = field(default_factory=SourceReads)
    _learning: Turns = field(default_factory=Turns)
    _following: Turns = field(default_factory=Turns)
    _late: set[str] = field(default_factory=set)
    _watch: RunWatch = field(init=False)
    _plans: KeptPlan = field(default_factory=KeptPlan)
    _settling: KeptSettling = field(default_factory=KeptSettling)
    _dockerfiles: ReadSchedule = field(init=False)
    # The unexpected errors of the last turn of each step, by image: `follow` repeats only some of the steps.
    _errors: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._steps = Steps(self.stopping, self.got_on)
        self._checks = CheckSchedule(self.pace.own, self.pace.bases, self.heard, self.checks)
        self._dockerfiles = ReadSchedule(self.pace.discovery, self.read_times)
        self._watch = RunWatch(self.builds, self.heard, self.pace.own)

    def run(self) -> Snapshot:
        """Do everything that is due: enrollments, Dockerfiles, digests, running builds, rebuilds and publishing."""
        with self._lock:
            snapshot = self._enrollments()
            self._show(snapshot)
            snapshot = self._with_platforms(snapshot, snapshot.images)
            self._read_share(snapshot, self._dockerfiles.due(self.now(), snapshot))
            self._check_share()
            self._show(self._read())
            self._learn()
            return self._decide()

    def check(self, names: Collection[str] = (), progress: Progress = no_progress) -> Snapshot:
        """Check these images and their dependencies now, even if they were just checked; no names: everything."""
        with self._lock:
            return self._check(names, progress)

    def react(self, wanted: Wanted) -> Reacted:
        """Do only what is wanted, and decide. A round that is running goes on after it.

        It waits for one step of the round, which takes half a minute at most.
        """
        with self._steps.reaction():
            known = tracked(self.store.read())
            snapshot = self._enrollments() if wanted.config or wanted.names else self.store.read()
            self._show(snapshot)
            concerned = Concerned(followed=set(wanted.names))
            if wanted.names:
                self.verifications.repeat()
            broken = {event: contained(str(event), concerned.add, snapshot, event) for event in wanted.events}
            unread = self._read_again(snapshot, wanted, concerned.read, known)
            fresh = self._checks.unasked(after := self.store.read()).difference(known)
            others = fresh.union(*concerned.checked.values())
            results = self._check_all(to_check(after, wanted.names, others), no_progress)
            if concerned.read or results:
                self._learn()
            outcomes = {
                event: broken[event] or contained(str(event), outcome_of, snapshot, wanted, event, unread, results)
                for event in wanted.events
            }
            after = self._decide(concerned.followed, kept_reports(self.reports, concerned.reports, self.now()))
            return Reacted(after, {event: str(outcome) for event, outcome in outcomes.items() if outcome is not None})

    def pull(self) -> bool:
        """Fetch what others pushed to the config repository; returns whether there was anything. Decides nothing."""
        with self._steps.step("pull"):
            moved = self.store.pull()
            self._pulled_at = self.now()
            if moved:
                self._note_change(self.now())
            return moved

    @property
    def changed_at(self) -> datetime:
        """When a pull last found that others had changed the config repository; long ago where none has."""
        return self._changed_at

    def expire(self, retention: Retention) -> Snapshot:
        """Remove what is older than its retention and needed by no decision, in one commit."""
        with self._steps.step("remove old histories"):
            snapshot = self.store.write(lambda each: expire(self.now(), each, retention), "Remove old histories")
            self._errors["retention"] = snapshot.errors
            return snapshot

    def follow(self) -> Snapshot:
        """Go on with the checks that are due, follow the running builds, and start the rebuilds that can start then."""
        with self._lock:
            self._read_share(self._read(), self._dockerfiles.unread(self.now()))
            self._check_share()
            return self._decide()

    def help(self, *, look: bool) -> Snapshot | None:
        """Do what is due of the shares of this process, and decide where that has changed anything; else None.

        Nothing is done while this process does a round, which has the same shares. With `look`, or where any was never
        read, Dockerfiles that have become due are read; else only those that the last look did not get to.
        """
        if not self._lock.acquire(blocking=False):
            return None
        try:
            before, now, reads = self._read(), self.now(), self._dockerfiles
            look = look or bool(never_read(before, before.images))
            self._read_share(before, reads.due(now, before) if look else reads.unread(now), new=False)
            self._check_share(new=False)
            return self._decide() if self._read().position != before.position else None
        finally:
            self._lock.release()

    def busy(self) -> bool:
        """Whether people ask for something, a rebuild is in progress, a window is open, or a repeated check is due.

        The last round may have ended before all checks, and after a failure the next check is minutes away.
        """
        with self._lock:
            snapshot = self._read()
            waiting = any(image.active or image.pending or image.asked for image in snapshot.images.values())
            if (
                self._dockerfiles.unread(self.now())
                or waiting
                or self.requests.open()
                or self.verifications.due(self.now(), snapshot)
            ):
                return True
            return self._checks.begun and bool(self._checks.due(self.now(), snapshot))

    def resting(self, snapshot: Snapshot) -> Sequence[str]:
        """The registries whose managed images are checked less often, because webhooks report their changes."""
        return self._checks.resting(self.now(), snapshot)

    @property
    def pulled_at(self) -> datetime | None:
        """When the config repository was last pulled; None: not yet."""
        return self._pulled_at

    def sources_read(self, snapshot: Snapshot) -> CheckedAt | None:
        """When Dockerfiles were last read, and when the next is due; None: none was read yet."""
        return self._dockerfiles.read_at(self.now(), snapshot)

    def digests_checked(self, snapshot: Snapshot) -> CheckedAt | None:
        """When digests were last asked for, and when the next is due; None: this process has asked for none yet."""
        return self._checks.checked_at(self.now(), snapshot)

    @property
    def next_decision(self) -> datetime | None:
        """The next time at which an image becomes eligible or its window ends; None where there is none."""
        return self._next_decision

    def _read(self) -> Snapshot:
        with self._steps.step("read"):
            return self.store.read()

    def _enrollments(self) -> Snapshot:
        with self._steps.step("enrollments"):
            correct_times(self.now(), self.store, self.skew())
            snapshot = follow_enrollments(self.now(), self.store, self._settling, self._note_change)
            self._pulled_at = self.now()
            self._errors["enrollments"] = snapshot.errors
            return snapshot

    def _note_change(self, at: datetime) -> None:
        self._changed_at = at

    def _read_again(
        self, snapshot: Snapshot, wanted: Wanted, pushed: Collection[str], known: Collection[str]
    ) -> Collection[str]:
        """Read the Dockerfiles of a reaction; returns the images whose Dockerfiles could not be read in time."""
        names = to_read(snapshot, known, {*pushed, *wanted.names}, config=bool(wanted.config))
        # What was read before the push is of no use.
        self._reads.forget(pushed)
        snapshot = self._with_platforms(snapshot, names)
        self._discover_all(snapshot, names, no_progress)
        unread = self._dockerfiles.left_of(pushed)
        if unread:
            # Outlasts a restart: the first round reads them.
            self.store.write(partial(pending, names=unread), "Note Dockerfiles that have to be read")
        return unread

    def _check(self, names: Collection[str], progress: Progress = no_progress) -> Snapshot:
        self.verifications.repeat()
        snapshot = self._enrollments()
        self._show(snapshot)
        snapshot = self._with_platforms(snapshot, names or snapshot.images)
        self._discover_all(snapshot, [name for name in snapshot.images if not names or name in names], progress)
        snapshot = self._read()
        self._check_all(to_check(snapshot, names, () if names else tracked(snapshot)), progress)
        self._learn()
        return self._decide()

    def _learn(self) -> None:
        with self._steps.step("built on"):
            deadline = Deadline.after(ROUND_SECONDS, self.monotonic)
            learned = learn_what_images_are_built_on(
                self.now(), self.store, self.registries, self._clues, self._learning, deadline
            )
            self._errors["built on"] = learned.errors

    def _decide(self, names: Collection[str] | None = None, reports: Mapping[str, Run] = NO_REPORTS) -> Snapshot:
        """Follow these rebuilds (None: all), then decide, dispatch and publish."""
        with self._steps.step("signatures and requests"):
            deadline = Deadline.after(ROUND_SECONDS, self.monotonic)
            self._errors["signatures"] = self.verifications.verify(self.now(), self.store, deadline).errors
            self._errors["requests"] = carry_out_requests(self.now(), self.store, self.requests).errors
        caps = current_caps(self.caps, self.skew())
        self._watch.ask(self.now(), self._read(), names)
        with self._steps.step("rebuilds in progress"):
            self._follow_rebuilds(names, reports)
        with self._steps.step("rebuilds and publishing"):
            # One time for both: what becomes eligible meanwhile is the next decision.
            now = self.now()
            snapshot = self._start_rebuilds(now, caps)
            self._errors["rebuilds"] = snapshot.errors
            snapshot, planned = self._published(now, snapshot, caps)
            self._next_decision = next_decision(now, planned)
            return snapshot

    def _show(self, snapshot: Snapshot) -> None:
        """Let readers see what is known so far, such as new images: the rest of the round can take minutes."""
        with self._steps.step("publishing"):
            self._published(self.now(), snapshot, current_caps(self.caps, self.skew()))

    def _published(self, now: datetime, snapshot: Snapshot, caps: BuildCaps) -> tuple[Snapshot, Plan]:
        """Write the snapshot for readers, with the unexpected errors of all steps; returns that, and its plan."""
        errors = {name: message for each in self._errors.values() for name, message in each.items()}
        decide = partial(self._plans.decide, now, caps=caps)
        published = self.publisher.publish_newest(now, replace(snapshot, errors=errors), self.store, decide)
        self.planned = published[1]
        return published

    def _follow_rebuilds(self, names: Collection[str] | None, reports: Mapping[str, Run]) -> None:
        if claim := self.claims():
            with claim:
                rebuilder, turns = self._rebuilder(claim), self._following
                ports = self.store, self.registries, self.builds, self._watch
                follower = Follower(*ports, rebuilder, turns, self.settling_time)
                self._errors["rebuilds in progress"] = follower.follow(self.now(), names, reports).errors

    def _start_rebuilds(self, now: datetime, caps: BuildCaps) -> Snapshot:
        """What is due; nothing while another process sends requests, which will be done in one of the next turns."""
        claim = self.claims()
        if claim is None:
            _log.info("dispatch_elsewhere", "another process sends requests to build systems; this one does so later")
            return self.store.read()
        with claim:
            return self._rebuilder(claim).rebuild_due(now, caps)

    def _rebuilder(self, claim: DispatchClaim) -> Rebuilder:
        return Rebuilder(
            self.store, self.registries, self.builds, self.new_id, self.monotonic, claim, self._late, self._plans
        )

    def _with_platforms(self, snapshot: Snapshot, names: Iterable[str]) -> Snapshot:
        """Check images that are new: a Dockerfile without enrolled platforms is read for those that the image has."""
        new = unseen(snapshot, names, self._checks.has_asked)
        self._check_digests(new)
        return self._read() if new else snapshot

    def _discover_all(self, snapshot: Snapshot, names: Sequence[str], progress: Progress) -> None:
        """Read all of these Dockerfiles once, in as many rounds as it takes; one that hangs is not waited for."""
        self._discover(snapshot, names, progress)
        while left := [name for name in self._dockerfiles.missed(names) if not self._reads.is_known(name)]:
            self._discover(self._read(), left, progress)

    def _discover(self, snapshot: Snapshot, names: Sequence[str], progress: Progress = no_progress) -> None:
        """Read these Dockerfiles, in this order, for as long as a round may take."""
        if not names:
            return
        with self._steps.step("Dockerfiles"):
            at, deadline = self.now(), Deadline.after(ROUND_SECONDS, self.monotonic)
            done = discover_dependencies(
                at, self.store, self.sources, self.registries, names, self._reads, deadline, progress
            )
            self._dockerfiles.note(at, snapshot, names, done)

    def _check_all(self, names: Sequence[str], progress: Progress) -> Mapping[ImageReference, CheckResult]:
        """Check all of these images once, in as many rounds as it takes; what is kept back is not waited for."""
        return in_rounds(names, lambda left: self._check_digests(left, progress))

    def _check_digests(self, names: Sequence[str], progress: Progress = no_progress) -> DigestChecks:
        """Check these images, in this order, for as long as a round may take."""
        with self._steps.step("digests"):
            at, deadline = self.now(), Deadline.after(ROUND_SECONDS, self.monotonic)
            seen = partial(observed_at, self.now, self.skew)
            done = check_digests(seen, self.store, self.registries, names, deadline, progress)
            self._checks.note(at, done)
            self._errors["digests"] = done.snapshot.errors
            self.index.checked(answered(done), at)
            return done

    def _check_share(self, *, new: bool = True) -> None:
        """Check what is due of the shares of this process, and what is new."""
        with self._checks.share(self.now, self._read, new=new) as names:
            self._check_digests(names)

    def _read_share(self, snapshot: Snapshot, names: Sequence[str], *, new: bool = True) -> None:
        """Read those of these Dockerfiles that are in the shares of this process, and those that are new."""
        if keys := source_keys(snapshot, names):
            with self.checks.readings.taken() as ours:
                self._discover(snapshot, to_do(keys, ours, never_read(snapshot, keys) if new else ()))
