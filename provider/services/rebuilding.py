"""Decide which rebuilds are due, record the intents, and send the requests to the build systems."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from catalog.image import Status
from provider.domain.build_request import BuildRequest, Dispatched
from provider.domain.plan import BuildCaps, Plan, Topology, World, plan
from provider.domain.rebuild import Rebuild, Wait
from provider.domain.rebuild_record import answered, intended, request_of
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState, Pending, RebuildState, Target
from provider.ports import BuildSystem, SnapshotStore
from proxy.errors import OutcomeUnknown, OutsideFailure, Refused
from proxy.ports import Registry

_log = logging.getLogger(__name__)
_AT_ONCE = 4
_REPLANS = 5


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """The ports that rebuilding needs; `new_id` makes an id that no other rebuild has."""

    store: SnapshotStore
    registries: Registry
    builds: BuildSystem
    new_id: Callable[[], str]

    def rebuild_due(self, now: datetime, caps: BuildCaps) -> Snapshot:
        """Dispatch every rebuild that is due; a failure of one image does not stop the next one.

        The intents are committed and pushed before the first request is sent. So after a crash at any point the next
        round finds each run that may have been started.
        """
        keys, caps = self._verified(now, caps)
        if not keys:
            return self.store.write(lambda fresh: _windows(now, fresh, caps), "Note which rebuilds are coming")
        ids = {name: self.new_id() for name in keys}
        snapshot = self.store.write(lambda fresh: _intents(now, fresh, caps, keys, ids), _subject(keys))
        started = {
            name: record
            for name, image in snapshot.images.items()
            if (record := image.active) and record.id == ids.get(name)
        }
        return self.send(now, snapshot, started)

    def send(self, now: datetime, snapshot: Snapshot, records: Mapping[str, RebuildState]) -> Snapshot:
        """Send the requests of rebuilds whose intent is committed, and record the answers."""
        if not records:
            return snapshot
        requests = {name: request_of(snapshot.images[name].enrollment, record) for name, record in records.items()}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = dict(zip(requests, pool.map(self._ask, requests.values()), strict=True))
        return self.store.write(
            lambda fresh: _answers(now, fresh, records, answers), f"Record the dispatch of {_listed(records)}"
        )

    def _ask(self, request: BuildRequest | None) -> Dispatched | OutsideFailure:
        if request is None:
            return Refused("its enrollment names no workflow any more")
        try:
            return self.builds.dispatch(request)
        except OutsideFailure as error:
            return error
        except Exception as error:  # noqa: BLE001 - logged, and settled by a search for the run
            # A failure of one image does not stop the next one. The request may have been sent: search for its run.
            _log.exception("a dispatch ended with an unexpected error")
            return OutcomeUnknown(f"the dispatch ended with {type(error).__name__}, see the log")

    def _verified(self, now: datetime, caps: BuildCaps) -> tuple[dict[str, str], BuildCaps]:
        """The images to rebuild now, with their keys, after the registry has confirmed that every digest exists.

        An image that cannot be verified now is skipped, and another one takes its place.
        """
        keys: dict[str, str] = {}
        for _ in range(_REPLANS):
            planned = plan_of(now, self.store.read(), caps)
            chosen = {name: found for name in planned.now if isinstance(found := planned.decisions[name], Rebuild)}
            gone: set[Target] = set()
            keys = {name: rebuild.key for name, rebuild in chosen.items() if self._all_exist(rebuild, gone)}
            if keys.keys() == chosen.keys():
                break
            caps = replace(caps, passed_over=caps.passed_over | (chosen.keys() - keys.keys()))
            if gone:
                self.store.write(partial(_mark_gone, gone=frozenset(gone)), "Note digests that no longer exist")
                caps = replace(caps, passed_over=caps.passed_over - chosen.keys())
        return keys, caps

    def _all_exist(self, rebuild: Rebuild, gone: set[Target]) -> bool:
        """Whether every digest can be pulled; False also when the registry does not answer now."""
        exist = True
        for target in rebuild.targets:
            try:
                if not self.registries.exists(replace(target.image, tag=None).at(target.digest)):
                    gone.add(target)
                    exist = False
            except OutsideFailure:
                exist = False
        return exist


def plan_of(now: datetime, snapshot: Snapshot, caps: BuildCaps) -> Plan:
    """The plan for all images of the snapshot."""
    return plan(now, World(snapshot.images, snapshot.bases, Topology.of(snapshot.images)), caps)


def _intents(
    now: datetime, snapshot: Snapshot, caps: BuildCaps, keys: Mapping[str, str], ids: Mapping[str, str]
) -> Changes:
    planned = plan_of(now, snapshot, caps)
    changes = _windows(now, snapshot, caps, planned)
    for name in planned.now:
        decision = planned.decisions[name]
        if isinstance(decision, Rebuild) and keys.get(name) == decision.key:
            image = changes.images.get(name) or snapshot.images[name]
            record = intended(now, ids[name], decision)
            changes.images[name] = replace(image.with_record(record), pending=None)
            changes.reasons.append(f"{name}: rebuild {record.id}: {decision.reason}")
    return changes


def _windows(now: datetime, snapshot: Snapshot, caps: BuildCaps, planned: Plan | None = None) -> Changes:
    """Record the rebuilds whose coordination window is open, and since when."""
    changes = Changes()
    for name, decision in (planned or plan_of(now, snapshot, caps)).decisions.items():
        image = snapshot.images[name]
        pending = _pending(image, decision if isinstance(decision, Wait) else None)
        if pending != image.pending:
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
    answers: Mapping[str, Dispatched | OutsideFailure],
) -> Changes:
    changes = Changes()
    for name, answer in answers.items():
        image = snapshot.images.get(name)
        record = image.active if image else None
        if image is None or record is None or record.id != records[name].id:
            continue
        after = answered(now, record, answer)
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
