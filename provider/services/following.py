"""Follow every rebuild to its end: settle unknown outcomes, check the runs, read the new digest."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from catalog.image import Conclusion, DependencyRole, Evidence
from provider.containment import contained
from provider.domain.build_request import BuildRequest, Run
from provider.domain.policy.rules import Policy
from provider.domain.rebuild_record import (
    adopted,
    asked_again,
    built,
    ended,
    given_up,
    request_of,
)
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState, RebuildStage, RebuildState
from provider.errors import InternalError
from provider.ports import BuildSystem, SnapshotStore
from provider.services.check_schedule import Turns
from provider.services.image_clues import evidence_of_build
from provider.services.monitoring import read_manifest
from provider.services.rebuilding import STEP_SECONDS, Rebuilder
from provider.services.run_watching.watch import RunWatch
from proxy.at_once import Begun, begun_in_time
from proxy.deadline import Deadline
from proxy.errors import Never, OutsideFailure
from proxy.ports import Manifest, Registry

SETTLING_TIME = timedelta(seconds=60)
"""How long a run may take to appear in the list of the build system; after that it counts as not started."""
LONGEST_ERROR = timedelta(hours=6)
"""How long a rebuild is followed while that ends with an unexpected error. Source: GitHub's docs, "Usage limits": a job
runs for at most 6 hours."""
_AT_ONCE = 8
NO_REPORTS: Mapping[str, Run] = MappingProxyType({})
Transition = Callable[[ImageState, RebuildState], ImageState]


@dataclass(frozen=True, slots=True)
class Follower:
    """The ports that following needs; `watch` has what build systems said about runs."""

    store: SnapshotStore
    registries: Registry
    builds: BuildSystem
    watch: RunWatch
    rebuilder: Rebuilder
    turns: Turns
    settling_time: timedelta = SETTLING_TIME

    def follow(
        self, now: datetime, names: Collection[str] | None = None, reports: Mapping[str, Run] = NO_REPORTS
    ) -> Snapshot:
        """Follow every rebuild that is in progress; a failure of one does not affect the others.

        After 30 seconds none is begun; those that had no turn come first in the next round.

        Args:
            now: the time.
            names: only the rebuilds of these images; None: all.
            reports: by rebuild id, what a build system that cannot be asked has reported.
        """
        snapshot = self.store.read()
        found = {name: record for name, image in snapshot.images.items() if (record := image.active)}
        ordered = self.turns.ordered(found)
        active = {name: found[name] for name in ordered if names is None or name in names}
        following = begun_in_time(
            list(active),
            lambda name: contained(
                name, self._next, now, snapshot.policy, snapshot.images[name], active[name], reports
            ),
            _AT_ONCE,
            Deadline.after(STEP_SECONDS, self.rebuilder.monotonic),
        )
        self.turns.note(name for name, answer in following.items() if answer is not Begun.NOT)
        transitions: dict[str, Transition] = {}
        errors: dict[str, str] = {}
        for name, record in active.items():
            match following[name]:
                case InternalError() as error:
                    if now - (record.asked_at or record.requested_at) >= LONGEST_ERROR:
                        transitions[name] = _record(partial(_given_up_after, now, error))
                    else:
                        errors[name] = f"its rebuild cannot be followed: {error}"
                case None | Begun.NOT:
                    pass
                case transition:
                    transitions[name] = transition
        subject = f"Record the progress of {', '.join(sorted(transitions))}"
        applied: set[str] = set()
        snapshot = self.store.write(lambda fresh: _changes(fresh, active, transitions, errors, applied), subject)
        # Another process may have made the same transition first: then it sends the request.
        sent = {
            name: record
            for name in applied
            if (image := snapshot.images.get(name)) and (record := image.active) and record.asked > active[name].asked
        }
        errors |= snapshot.errors
        return replace(after := self.rebuilder.send(now, snapshot, sent), errors={**errors, **after.errors})

    def _next(
        self, now: datetime, policy: Policy, image: ImageState, record: RebuildState, reports: Mapping[str, Run]
    ) -> Transition | InternalError | None:
        """The next transition of the record; None: nothing has changed yet."""
        request = request_of(policy, image.enrollment, record)
        if request is None:
            return _record(lambda known: given_up(now, known, "its enrollment names no workflow any more"))
        try:
            if record.stage is not RebuildStage.COMPLETED and (report := reports.get(record.id)):
                return self._ended(now, image, record, report)
            match record.stage:
                case RebuildStage.REQUESTED if record.sending:
                    return self._settle(now, record, request)
                case RebuildStage.REQUESTED:
                    due = record.retry_at is None or record.retry_at <= now
                    return _record(lambda known: asked_again(now, known)) if due else None
                case RebuildStage.DISPATCHED:
                    return self._follow_run(now, image, record)
                case RebuildStage.COMPLETED:
                    return self._read(now, image)
        except Never as error:
            message = str(error)
            return _record(lambda known: given_up(now, known, message))
        except OutsideFailure:
            # The build system or the registry does not answer now: the next round tries again.
            return None

    def _settle(self, now: datetime, record: RebuildState, request: BuildRequest) -> Transition | None:
        """The request may have started a run; it is sent once more only when it is certain that it has not."""
        if run := self.builds.find(request):
            return _adopt(now, run)
        if now - (record.asked_at or record.requested_at) < self.settling_time:
            return None
        if self.builds.shows_ids(request) and not record.resent:
            return _record(lambda known: asked_again(now, known))
        cause = record.error or "the service stopped while it sent the request"
        unknown = f"outcome unknown: {cause}; check the workflow's runs"
        return _record(lambda known: given_up(now, known, unknown))

    def _follow_run(self, now: datetime, image: ImageState, record: RebuildState) -> Transition | InternalError | None:
        seen = self.watch.seen(record.id)
        if seen is None:
            return None
        run = seen.outcome
        if isinstance(run, InternalError):
            return run
        if isinstance(run, OutsideFailure):
            raise run
        if record.run_id is None:
            if run is None and seen.asked_at - (record.dispatched_at or record.requested_at) > self.settling_time * 10:
                return _record(
                    lambda known: given_up(now, known, "the build system accepted the request, but has no such run")
                )
            return _adopt(now, run) if run else None
        if run is None:
            return _record(lambda known: given_up(now, known, "the build system knows its run no more"))
        return self._ended(now, image, record, run)

    def _ended(self, now: datetime, image: ImageState, record: RebuildState, run: Run) -> Transition | None:
        if run.conclusion is None:
            return None
        finished = ended(now, record, run)
        if run.conclusion is not Conclusion.SUCCESS:
            return _record(lambda _: finished)
        return self._read(now, image, finished) or _record(lambda _: finished)

    def _read(self, now: datetime, image: ImageState, finished: RebuildState | None = None) -> Transition | None:
        """Read the digest that the build pushed; dependents wait until it has been read."""
        try:
            digest = self.registries.digest(image.enrollment.reference)
        except OutsideFailure as error:
            return self._unreadable(now, finished or image.active, error)
        if not isinstance(digest, str):
            return None
        seen = read_manifest(self.registries, image.enrollment.reference, digest)
        if isinstance(seen, OutsideFailure):
            return self._unreadable(now, finished or image.active, seen)
        record = finished or image.active
        evidence = self._evidence(now, image, record, seen) if record else {}
        if evidence is None:
            return None
        return lambda known, record: _built(now, known, finished or record, seen, evidence)

    def _evidence(
        self, now: datetime, image: ImageState, record: RebuildState, made: Manifest
    ) -> Mapping[str, Evidence] | None:
        """What the new image shows of the digests that were passed; None: the registry has to be asked again.

        Dependents wait for the image, so after a while it counts without.
        """
        passed = {target.name: target.digest for target in record.targets}
        snapshot = self.store.read()
        try:
            return {
                edge.name: evidence_of_build(
                    self.registries,
                    image.enrollment.reference,
                    made,
                    edge,
                    snapshot.ledger(edge.name),
                    passed[edge.name],
                )
                for edge in image.dependencies
                if edge.role is DependencyRole.FINAL and edge.name in passed
            }
        except OutsideFailure as error:
            waited = now - (record.completed_at or now)
            return None if error.transient and waited < self.settling_time else {}

    def _unreadable(self, now: datetime, finished: RebuildState | None, error: OutsideFailure) -> Transition | None:
        """After a while the rebuild ends without a digest: the build did not push to the enrolled repository."""
        if error.transient or finished is None or now - (finished.completed_at or now) < self.settling_time * 10:
            return None
        message = f"the build ended well, but its image cannot be read: {error}"
        return _record(lambda _: replace(finished, settled=True, error=message))


def _built(
    now: datetime, image: ImageState, record: RebuildState, seen: Manifest, evidence: Mapping[str, Evidence]
) -> ImageState:
    observed = replace(image, ledger=image.ledger.observe(now, seen.digest, seen.platforms, "build"), error=None)
    return built(now, observed, record, seen.digest, evidence)


def _adopt(now: datetime, run: Run) -> Transition:
    return _record(lambda record: adopted(now, record, run))


def _record(change: Callable[[RebuildState], RebuildState]) -> Transition:
    return lambda image, record: image.with_record(change(record))


def _given_up_after(now: datetime, error: InternalError, record: RebuildState) -> RebuildState:
    return given_up(now, record, f"its outcome cannot be learned: {error}; check the workflow's runs")


def _changes(
    snapshot: Snapshot,
    active: Mapping[str, RebuildState],
    transitions: Mapping[str, Transition],
    errors: Mapping[str, str],
    applied: set[str],
) -> Changes:
    """Apply each transition to the record that it was decided for; a record that has changed since is left as it is.

    `applied` gets the names of the images whose transition was applied.
    """
    changes = Changes(errors=dict(errors))
    applied.clear()
    for name, transition in transitions.items():
        image = snapshot.images.get(name)
        if image is None or image.active != active[name] or image.active is None:
            continue
        after = contained(name, transition, image, image.active)
        if isinstance(after, InternalError):
            changes.errors[name] = f"the progress of its rebuild cannot be recorded: {after}"
            continue
        changes.images[name] = after
        applied.add(name)
        changes.reasons.append(f"{name}: {_reason(after)}")
    return changes


def _reason(image: ImageState) -> str:
    record = image.last_rebuild
    if record is None:
        return "nothing"
    if record.error:
        return f"rebuild {record.id}: {record.error}"
    if record.conclusion:
        made = f", made {record.result}" if record.result else ""
        return f"rebuild {record.id} ended with {record.conclusion.value}{made}"
    return f"rebuild {record.id} is {record.stage.value} {record.url or ''}".strip()
