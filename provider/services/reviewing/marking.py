"""Show beside a commit of the config repository whether it was applied: a status of the commit at GitHub or GitLab."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider.domain.snapshot import Snapshot
from provider.errors import ProviderError
from provider.forge_ports import CommitMark, Forge
from provider.ports import Beat, Beats
from proxy.errors import Never, NotNow, OutsideFailure
from proxy.observing.event_log import EventLog

PART = "commit status"
"""The name of this part where problems of the worker are shown."""

_AGAIN = timedelta(minutes=10)
_NEEDED = "the service's credentials need the permission statuses: write (GitHub) or the role Developer (GitLab)"
_log = EventLog(__name__)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What was last shown beside which commit."""

    commit: str
    result: str


class CommitMarks:
    """Marks each commit of the configuration once for each result. It never raises: a round does not depend on it.

    What was shown is in the database, so that a new process does not show it again.

    Args:
        forge: shows the marks.
        config_commit: the newest commit of the configuration at the position of a snapshot; "" for none.
        beats: store what was shown, and why it cannot be.
        now: the clock.
        page: the address of the page that has all problems.
    """

    def __init__(
        self,
        forge: Forge,
        config_commit: Callable[[str], str],
        beats: Beats,
        now: Callable[[], datetime],
        page: str,
    ) -> None:
        self._forge = forge
        self._config_commit = config_commit
        self._beats = beats
        self._now = now
        self._page = page
        self._position = ""
        self._commit = ""
        self._not_before: datetime | None = None
        self._shown = self._stored()

    def after(self, snapshot: Snapshot) -> None:
        """Show the result of the snapshot's commit, unless it is shown already."""
        try:
            self._mark(snapshot)
        except (ProviderError, OutsideFailure) as error:
            self._failed(error)
        except Exception:  # noqa: BLE001 - logged; it does not end a round
            _log.exception("commit_status_broken", "the status of a commit could not be set")
            self._not_before = self._now() + _AGAIN

    def _mark(self, snapshot: Snapshot) -> None:
        if self._position != snapshot.position:
            self._commit, self._position = self._config_commit(snapshot.position), snapshot.position
        mark = mark_of(snapshot, self._page)
        shown = _Shown(self._commit, f"{'success' if mark.success else 'failure'}: {mark.description}")
        waits = self._not_before is not None and self._now() < self._not_before
        if not self._commit or shown == self._shown or waits:
            return
        self._forge.mark(self._commit, mark)
        self._shown, self._not_before = shown, None
        self._store(None)

    def _failed(self, error: ProviderError | OutsideFailure) -> None:
        retry_at = error.retry_at if isinstance(error, NotNow) else None
        self._not_before = max(filter(None, (retry_at, self._now() + _AGAIN)))
        problem = f"the status of a commit of the config repository cannot be set: {error}"
        if isinstance(error, Never):
            problem = f"{problem}; {_NEEDED}"
        _log.warning("commit_status_failed", "{problem}", problem=problem)
        self._store(problem)

    def _stored(self) -> _Shown | None:
        found = next((beat.details for beat in self._beats.beats() if beat.part == PART), {})
        return _Shown(found["commit"], found["result"]) if {"commit", "result"} <= found.keys() else None

    def _store(self, problem: str | None) -> None:
        shown = self._shown
        details = {"commit": shown.commit, "result": shown.result} if shown else {}
        self._beats.beat(Beat(PART, self._now(), problem, details))


def mark_of(snapshot: Snapshot, page: str) -> CommitMark:
    """The result of applying a commit: how many images are enrolled, or the first problem and the number of others."""
    count = len(snapshot.enrollments)
    if not snapshot.problems:
        return CommitMark(success=True, description=f"{count} {'image' if count == 1 else 'images'} enrolled", url=page)
    (_, first), *others = snapshot.problems
    more = f"{len(others) + 1} problems; the first: " if others else ""
    return CommitMark(success=False, description=f"{more}{first}", url=page)
