"""Follow every rebuild to its end: settle what is unknown, ask how runs stand, read the new digest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from catalog.image import Conclusion
from provider.domain.build_request import BuildRequest, Run
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
from provider.ports import BuildSystem, SnapshotStore
from provider.services.monitoring import sight
from provider.services.rebuilding import Rebuilder
from proxy.errors import Never, OutsideFailure
from proxy.ports import Manifest, Registry

SETTLING_TIME = timedelta(seconds=60)
"""How long a run may take to show up in the build system's list before it is taken for not started."""
Turn = Callable[[ImageState, RebuildState], ImageState]


@dataclass(frozen=True, slots=True)
class Follower:
    """What following needs."""

    store: SnapshotStore
    registries: Registry
    builds: BuildSystem
    rebuilder: Rebuilder
    settling_time: timedelta = SETTLING_TIME

    def follow(self, now: datetime) -> Snapshot:
        """Follow every rebuild that is in progress, each on its own."""
        snapshot = self.store.read()
        active = {name: record for name, image in snapshot.images.items() if (record := image.active)}
        turns: dict[str, Turn] = {}
        for name, record in active.items():
            if turn := self._turn(now, snapshot.images[name], record):
                turns[name] = turn
        if not turns:
            return snapshot
        snapshot = self.store.write(lambda fresh: _turned(fresh, active, turns), f"Follow {', '.join(sorted(turns))}")
        sent = {
            name: record
            for name in turns
            if (image := snapshot.images.get(name)) and (record := image.active) and record.asked > active[name].asked
        }
        return self.rebuilder.send(now, snapshot, sent)

    def _turn(self, now: datetime, image: ImageState, record: RebuildState) -> Turn | None:
        """What happens to the record next; None: nothing yet."""
        request = request_of(image.enrollment, record)
        if request is None:
            return _recorded(lambda known: given_up(now, known, "its enrollment names no workflow any more"))
        try:
            match record.stage:
                case RebuildStage.REQUESTED if record.sending:
                    return self._settle(now, record, request)
                case RebuildStage.REQUESTED:
                    due = record.retry_at is None or record.retry_at <= now
                    return _recorded(lambda known: asked_again(now, known)) if due else None
                case RebuildStage.DISPATCHED:
                    return self._run(now, image, record, request)
                case RebuildStage.COMPLETED:
                    return self._read(now, image)
        except Never as error:
            message = str(error)
            return _recorded(lambda known: given_up(now, known, message))
        except OutsideFailure:
            # The build system or the registry does not answer now: the next round asks again.
            return None

    def _settle(self, now: datetime, record: RebuildState, request: BuildRequest) -> Turn | None:
        """A request may have started a run: only when it provably has not is it sent once more."""
        if run := self.builds.find(request):
            return _adopting(now, run)
        if now - (record.asked_at or record.requested_at) < self.settling_time:
            return None
        if self.builds.shows_ids(request) and not record.resent:
            return _recorded(lambda known: asked_again(now, known))
        cause = record.error or "the service stopped while it sent the request"
        unknown = f"outcome unknown: {cause}; check the workflow's runs"
        return _recorded(lambda known: given_up(now, known, unknown))

    def _run(self, now: datetime, image: ImageState, record: RebuildState, request: BuildRequest) -> Turn | None:
        if record.run_id is None:
            run = self.builds.find(request)
            if run is None and now - (record.dispatched_at or record.requested_at) > self.settling_time * 10:
                return _recorded(
                    lambda known: given_up(now, known, "the build system accepted the request, but has no such run")
                )
            return _adopting(now, run) if run else None
        run = self.builds.run(request, record.run_id)
        if run is None:
            return _recorded(lambda known: given_up(now, known, "the build system knows its run no more"))
        if run.conclusion is None:
            return None
        finished = ended(now, record, run)
        if run.conclusion is not Conclusion.SUCCESS:
            return _recorded(lambda _: finished)
        return self._read(now, image, finished) or _recorded(lambda _: finished)

    def _read(self, now: datetime, image: ImageState, finished: RebuildState | None = None) -> Turn | None:
        """The digest that the build pushed; until it has been read, dependents wait."""
        try:
            digest = self.registries.digest(image.enrollment.reference)
        except OutsideFailure as error:
            return self._unreadable(now, finished or image.active, error)
        if not isinstance(digest, str):
            return None
        seen = sight(self.registries, image.enrollment.reference, digest)
        if isinstance(seen, OutsideFailure):
            return self._unreadable(now, finished or image.active, seen)
        return lambda known, record: _built(now, known, finished or record, seen)

    def _unreadable(self, now: datetime, finished: RebuildState | None, error: OutsideFailure) -> Turn | None:
        """After a while the rebuild ends without a digest: the build did not push the image where it is enrolled."""
        if error.transient or finished is None or now - (finished.completed_at or now) < self.settling_time * 10:
            return None
        message = f"the build ended well, but its image cannot be read: {error}"
        return _recorded(lambda _: replace(finished, settled=True, error=message))


def _built(now: datetime, image: ImageState, record: RebuildState, seen: Manifest) -> ImageState:
    observed = replace(image, ledger=image.ledger.observe(now, seen.digest, seen.platforms, "build"), error=None)
    return built(now, observed, record, seen.digest)


def _adopting(now: datetime, run: Run) -> Turn:
    return _recorded(lambda record: adopted(now, record, run))


def _recorded(change: Callable[[RebuildState], RebuildState]) -> Turn:
    return lambda image, record: image.with_record(change(record))


def _turned(snapshot: Snapshot, active: Mapping[str, RebuildState], turns: Mapping[str, Turn]) -> Changes:
    """Apply each turn to the record that it was decided for; one that changed meanwhile is left alone."""
    changes = Changes()
    for name, turn in turns.items():
        image = snapshot.images.get(name)
        if image is None or image.active != active[name] or image.active is None:
            continue
        after = turn(image, image.active)
        changes.images[name] = after
        changes.reasons.append(f"{name}: {_said(after)}")
    return changes


def _said(image: ImageState) -> str:
    record = image.last_rebuild
    if record is None:
        return "nothing"
    if record.error:
        return f"rebuild {record.id}: {record.error}"
    if record.conclusion:
        made = f", made {record.result}" if record.result else ""
        return f"rebuild {record.id} ended with {record.conclusion.value}{made}"
    return f"rebuild {record.id} is {record.stage.value} {record.url or ''}".strip()
