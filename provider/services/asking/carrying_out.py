"""Carry out the requests of people in the worker: write them to the state in git, then note their outcomes."""

from collections.abc import Sequence
from datetime import datetime

from provider.domain.asking.carrying_out import carry_out
from provider.domain.asking.request import Outcome, PersonRequest
from provider.domain.snapshot import Changes, Snapshot
from provider.operation_ports import PersonRequests
from provider.ports import SnapshotStore
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def carry_out_requests(now: datetime, store: SnapshotStore, requests: PersonRequests) -> Snapshot:
    """Carry out all open requests, and remove holds and requested rebuilds whose time is over.

    After a crash between the commit and the note, the requests are carried out again, which changes nothing. The caller
    decides about rebuilds next.

    Returns:
        The snapshot after it, with the unexpected errors of images.

    Raises:
        The same as `SnapshotStore.write`; then the requests stay open.
    """
    opened = requests.open()
    outcomes: dict[str, Outcome] = {}

    def step(fresh: Snapshot) -> Changes:
        changes, found = carry_out(now, fresh, opened)
        outcomes.update(found)
        return changes

    after = store.write(step, _subject(opened))
    for request in opened:
        _log.info(
            "request_carried_out",
            "{kind} of {image}: {outcome}",
            kind=request.kind.value,
            image=request.name,
            outcome=outcomes[request.id].message or "no change",
            person_request=request.id,
            requested_by=request.requested_by,
        )
    requests.close(outcomes, now)
    return after


def _subject(requests: Sequence[PersonRequest]) -> str:
    if not requests:
        return "Remove holds and requests that have ended"
    return f"Note requests: {', '.join(dict.fromkeys(f'{each.kind.value} {each.name}' for each in requests))}"
