"""The part of the worker that pushes changes of the catalog to Backstage."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from provider.domain.catalog_push.pacing import Pushes, failed, is_due, met_a_run, seen, taken
from provider.push_ports import PushRecord, PushRecords
from provider.services.catalog_push.ways import CatalogWays
from proxy.errors import NotNow, OutsideFailure
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
TURN = timedelta(minutes=1)
"""How long one run watches the catalog: one entry of the queue a minute, yet a change is pushed within a second."""

_BETWEEN_LOOKS = timedelta(seconds=0.5)
_UNTIL_THEN = "until then, changes appear when Backstage next reads the catalog by itself"


class CatalogPushes:
    """Watches the catalog that readers see, and pushes each change. At most one runs at a time, in all processes.

    A failure never concerns a round: it is stored, shown, and tried again after a growing pause.

    Args:
        catalog_tag: of the catalog that readers see now, whichever process has written it.
        ways: how Backstage reads it.
        records: stores what was pushed.
        now: the clock.
        report: called after each look, with what people should know; an empty text: nothing.
        serving: whether the catalog can be read now: a push before that would only make Backstage fail.
    """

    def __init__(
        self,
        catalog_tag: Callable[[], str],
        ways: CatalogWays,
        records: PushRecords,
        now: Callable[[], datetime],
        report: Callable[[str], object],
        serving: Callable[[], bool],
    ) -> None:
        self._catalog_tag = catalog_tag
        self._ways = ways
        self._records = records
        self._now = now
        self._report = report
        self._serving = serving
        self._has_served = False
        self._record = PushRecord()
        self._pushes = Pushes()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Push what changes during this turn, and what has changed before."""
        self.begin()
        ends_at = self._now() + TURN
        while not self._stopping.is_set() and self._now() < ends_at:
            self.look()
            self._stopping.wait(_BETWEEN_LOOKS.total_seconds())

    def look(self) -> None:
        """Push the catalog if it has changed and Backstage may be asked now."""
        tag, now = self._catalog_tag(), self._now()
        self._pushes = seen(tag, self._pushes)
        if is_due(now, self._pushes) and self._can_be_read():
            self._push(tag, now)
        self._report(self._record.problem)

    def stop(self) -> None:
        """End what runs, soon, and start nothing new."""
        self._stopping.set()

    def begin(self) -> None:
        """Continue where another process ended."""
        self._record = self._records.last()
        self._pushes = replace(self._pushes, pushed=self._record.pushed, failures=self._record.failures)

    def _can_be_read(self) -> bool:
        """Whether the web part was started; later it is not asked for: its next start has a push of its own."""
        self._has_served = self._has_served or self._serving()
        return self._has_served

    def _push(self, tag: str, now: datetime) -> None:
        try:
            done = self._ways.push()
        except OutsideFailure as error:
            self._failed(str(error), now, error.retry_at if isinstance(error, NotNow) else None)
        except Exception as error:  # noqa: BLE001 - logged and shown; the worker goes on
            _log.exception("catalog_push_broken", "the push of the catalog to Backstage ended with an unexpected error")
            self._failed(f"{type(error).__name__}: see the log", now, None)
        else:
            self._taken(tag, now) if done else self._met_a_run(now)

    def _taken(self, tag: str, now: datetime) -> None:
        _log.info("catalog_pushed", "the catalog has changed, and Backstage reads it again", tag=tag)
        self._pushes = taken(now, tag)
        self._note(PushRecord(tag, now, self._record.pushes + 1))

    def _met_a_run(self, now: datetime) -> None:
        """The push follows after the run; Backstage answers, so an earlier failure is over."""
        self._pushes = met_a_run(now, self._pushes)
        if self._record.failures or self._record.pushed:
            self._note(replace(self._record, pushed=None, failures=0, problem="", since=None))

    def _failed(self, cause: str, now: datetime, retry_at: datetime | None) -> None:
        self._pushes = failed(now, self._pushes, retry_at)
        problem = f"Backstage did not take the push of a changed catalog: {cause}; {_UNTIL_THEN}"
        shown = problem if self._pushes.troubled else ""
        if shown and shown != self._record.problem:
            _log.warning("catalog_push_troubled", "{error}", error=shown)
        elif not shown:
            _log.info("catalog_push_failed", "{error}", error=problem)
        since = self._record.since or now
        self._note(replace(self._record, pushed=None, failures=self._pushes.failures, problem=shown, since=since))

    def _note(self, record: PushRecord) -> None:
        self._records.note(record)
        self._record = record
