"""Decide which rebuilds are due, record the intents, and send the requests to the build systems."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from catalog.image import Status
from provider.containment import contained
from provider.domain.build_request import Dispatched
from provider.domain.enrollment import Enrollment
from provider.domain.plan import BuildCaps, Plan
from provider.domain.planning.kept_plan import KeptPlan
from provider.domain.policy.rules import Policy
from provider.domain.rebuild import Rebuild, Wait
from provider.domain.rebuild_record import answered, intended, not_sent, request_of
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState, Pending, RebuildState, Target
from provider.errors import InternalError
from provider.ports import BuildSystem, SnapshotStore
from provider.services.dispatching.claim import DispatchClaim
from proxy.at_once import Begun, NotBegun, begun_in_time
from proxy.deadline import Deadline, Monotonic
from proxy.errors import OutcomeUnknown, OutsideFailure, Refused
from proxy.ports import Registry

STEP_SECONDS = 30.0
"""After this time, a step over rebuilds begins no further request and records what has arrived."""

_AT_ONCE = 4
_CHECKS_AT_ONCE = 8
_REPLANS = 5
_Answer = Dispatched | OutsideFailure | NotBegun


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """The ports that rebuilding needs.

    Attributes:
        new_id: makes an id that no other rebuild has.
        monotonic: the clock of the time limits.
        claim: without it no request is sent.
        late: the images whose digests were not all checked in the time of the last round; others come before them in
            this one. Kept from round to round.
        plans: decides for all images. Kept from round to round.
    """

    store: SnapshotStore
    registries: Registry
    builds: BuildSystem
    new_id: Callable[[], str]
    monotonic: Monotonic
    claim: DispatchClaim
    late: set[str]
    plans: KeptPlan

    def rebuild_due(self, now: datetime, caps: BuildCaps) -> Snapshot:
        """Dispatch every rebuild that is due; a failure of one image does not stop the next one.

        The intents are committed and pushed before the first request is sent. So after a crash at any point the next
        round finds each run that may have been started.
        """
        keys, caps = self._verified(now, caps)
        if not keys:
            snapshot = self.store.write(
                lambda fresh: _windows(fresh, self.plans.decide(now, fresh, caps)), "Note which rebuilds are coming"
            )
            return _with_errors(snapshot, caps.errors)
        ids = {name: self.new_id() for name in keys}
        snapshot = self.store.write(
            lambda fresh: _intents(now, fresh, self.plans.decide(now, fresh, caps), keys, ids), _subject(keys)
        )
        errors = {**caps.errors, **snapshot.errors}
        started = {
            name: record
            for name, image in snapshot.images.items()
            if (record := image.active) and record.id == ids.get(name)
        }
        return _with_errors(self.send(now, snapshot, started), errors)

    def send(self, now: datetime, snapshot: Snapshot, records: Mapping[str, RebuildState]) -> Snapshot:
        """Send the requests of rebuilds whose intent is committed, and record the answers.

        What is not begun after 30 seconds is certainly not sent; `following` sends it.
        """
        if not records:
            return snapshot
        deadline = Deadline.after(STEP_SECONDS, self.monotonic)
        answers: dict[str, _Answer] = begun_in_time(
            list(records), lambda name: self._answered(name, snapshot, records[name]), _AT_ONCE, deadline
        )
        return self.store.write(
            lambda fresh: _answers(now, fresh, records, answers), f"Record the dispatch of {_listed(records)}"
        )

    def _answered(self, name: str, snapshot: Snapshot, record: RebuildState) -> _Answer:
        # Another process may have the claim by now, and sends what was not sent.
        return self._answer(name, snapshot, record) if self.claim.held() else Begun.NOT

    def _answer(self, name: str, snapshot: Snapshot, record: RebuildState) -> Dispatched | OutsideFailure:
        answer = contained(name, self._ask, snapshot.policy, snapshot.images[name].enrollment, record)
        if isinstance(answer, InternalError):
            # The request may have been sent: search for its run.
            return OutcomeUnknown(f"the dispatch ended with an {answer}")
        return answer

    def _ask(self, policy: Policy, enrollment: Enrollment, record: RebuildState) -> Dispatched | OutsideFailure:
        request = request_of(policy, enrollment, record)
        if request is None:
            return Refused("its enrollment names no workflow any more")
        if request.authority.no_build:
            return Refused(request.authority.no_build)
        try:
            return self.builds.dispatch(request)
        except OutsideFailure as error:
            return error

    def _verified(self, now: datetime, caps: BuildCaps) -> tuple[dict[str, str], BuildCaps]:
        """The images to rebuild now, with their keys, after the registry has confirmed that every digest exists.

        An image that cannot be verified now is skipped, and another one takes its place. After 30 seconds no check
        begins, and those that are late come after others in the next round.
        """
        deadline = Deadline.after(STEP_SECONDS, self.monotonic)
        caps = replace(caps, passed_over=caps.passed_over | self.late)
        late: set[str] = set()
        keys: dict[str, str] = {}
        for _ in range(_REPLANS):
            planned = self.plans.decide(now, self.store.read(), caps)
            chosen = {name: found for name in planned.now if isinstance(found := planned.decisions[name], Rebuild)}
            gone: set[Target] = set()
            check = partial(self._exist, chosen, gone, deadline)
            exist = begun_in_time(list(chosen), check, _CHECKS_AT_ONCE, deadline)
            late |= {name for name, answer in exist.items() if answer is Begun.NOT}
            keys = {name: chosen[name].key for name, answer in exist.items() if answer is True}
            if keys.keys() == chosen.keys():
                break
            caps = replace(
                caps,
                passed_over=caps.passed_over | (chosen.keys() - keys.keys()),
                errors={**caps.errors, **_unchecked(exist)},
            )
            if gone:
                self.store.write(partial(_mark_gone, gone=frozenset(gone)), "Note digests that no longer exist")
                caps = replace(caps, passed_over=caps.passed_over - chosen.keys())
            if deadline.passed:
                break
        self.late.clear()
        self.late.update(late)
        return keys, caps

    def _exist(
        self, chosen: Mapping[str, Rebuild], gone: set[Target], deadline: Deadline, name: str
    ) -> bool | NotBegun | InternalError:
        return contained(name, self._all_exist, chosen[name], gone, deadline)

    def _all_exist(self, rebuild: Rebuild, gone: set[Target], deadline: Deadline) -> bool | NotBegun:
        """Whether every digest can be pulled; False also when the registry does not answer now."""
        exist = True
        for target in rebuild.targets:
            if deadline.passed:
                return Begun.NOT
            try:
                if not self.registries.exists(replace(target.image, tag=None).at(target.digest)):
                    gone.add(target)
                    exist = False
            except OutsideFailure:
                exist = False
        return exist


def _unchecked(exist: Mapping[str, object]) -> dict[str, str]:
    """The messages about images whose digests could not be checked because of an unexpected error."""
    return {
        name: f"the digests of its base images cannot be checked: {answer}"
        for name, answer in exist.items()
        if isinstance(answer, InternalError)
    }


def _with_errors(snapshot: Snapshot, errors: Mapping[str, str]) -> Snapshot:
    return replace(snapshot, errors={**errors, **snapshot.errors})


def _intents(
    now: datetime, snapshot: Snapshot, planned: Plan, keys: Mapping[str, str], ids: Mapping[str, str]
) -> Changes:
    changes = _windows(snapshot, planned)
    for name in planned.now:
        decision = planned.decisions[name]
        if isinstance(decision, Rebuild) and keys.get(name) == decision.key:
            image = changes.images.get(name) or snapshot.images[name]
            record = contained(name, intended, now, ids[name], decision)
            if isinstance(record, InternalError):
                changes.errors[name] = f"its rebuild cannot be recorded: {record}"
                continue
            left = tuple(asked for asked in image.asked if asked not in decision.asked)
            changes.images[name] = replace(image.with_record(record), pending=None, asked=left)
            changes.requested_by += [asked.by for asked in decision.asked]
            changes.reasons.append(f"{name}: rebuild {record.id}: {decision.reason}")
    return changes


def _windows(snapshot: Snapshot, planned: Plan) -> Changes:
    """Record the rebuilds whose coordination window is open, and since when."""
    changes = Changes()
    for name, decision in planned.decisions.items():
        image = snapshot.images[name]
        if image.pending is None and not (isinstance(decision, Wait) and decision.causes):
            continue
        pending = contained(name, _pending, image, decision if isinstance(decision, Wait) else None)
        if isinstance(pending, InternalError):
            changes.errors[name] = str(pending)
        elif pending != image.pending:
            changes.images[name] = replace(image, pending=pending)
            if isinstance(decision, Wait) and pending:
                changes.reasons.append(f"{name}: {decision.reason}")
    return changes


def _pending(image: ImageState, decision: Wait | None) -> Pending | None:
    opened = decision and decision.causes and decision.wave and decision.until and not image.active
    if not opened or decision is None or decision.wave is None or decision.until is None:
        return None
    if decision.status not in (Status.WAITING, Status.FAILED):
        return None
    return Pending(decision.wave, decision.until, decision.causes)


def _answers(
    now: datetime,
    snapshot: Snapshot,
    records: Mapping[str, RebuildState],
    answers: Mapping[str, _Answer],
) -> Changes:
    changes = Changes()
    for name, answer in answers.items():
        image = snapshot.images.get(name)
        record = image.active if image else None
        if image is None or record is None or record.id != records[name].id:
            continue
        if answer is Begun.NOT:
            changes.images[name] = image.with_record(not_sent(record))
            changes.reasons.append(f"{name}: rebuild {record.id}: the time of the round is over; sent in the next one")
            continue
        after = contained(name, answered, now, record, answer)
        if isinstance(after, InternalError):
            changes.errors[name] = f"the answer to its dispatch cannot be recorded: {after}"
            continue
        changes.images[name] = image.with_record(after)
        changes.reasons.append(f"{name}: rebuild {record.id}: {after.error or f'started {after.url or str()}'.strip()}")
    return changes


def _mark_gone(snapshot: Snapshot, gone: frozenset[Target]) -> Changes:
    changes = Changes()
    for target in gone:
        if base := snapshot.bases.get(target.name):
            ledger = base.ledger.without(target.digest)
            if ledger != base.ledger:
                changes.bases[target.name] = replace(base, ledger=ledger)
        elif image := snapshot.images.get(target.name):
            ledger = image.ledger.without(target.digest)
            if ledger != image.ledger:
                changes.images[target.name] = replace(image, ledger=ledger)
        changes.reasons.append(f"{target.name}: the registry has {target.digest} no more")
    return changes


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names))


def _subject(names: Mapping[str, object]) -> str:
    return f"Rebuild {_listed(names)}" if names else "Note which rebuilds are coming"
