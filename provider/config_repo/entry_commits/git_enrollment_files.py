"""The files of enrollments in git, for changes by callers: each change is a commit, one push carries many."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from provider.config_repo.enrollments.file_set import FileSet
from provider.config_repo.entry_commits.combining import Combined
from provider.config_repo.entry_commits.descriptions import message_of
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.series import Rewrite
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.enrolling.change import WrittenEntries
from provider.domain.snapshot import Snapshot
from provider.enrolling_ports import CommittedEdit, DecideEdit, PlannedEdit

_FRESH_SECONDS = 5.0
_LONGEST_OPEN_SECONDS = 10.0
_TURN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Job:
    decide: DecideEdit
    requested_by: str


@dataclass(frozen=True, slots=True)
class _KnownFiles:
    """What was read at a time; `files` has what was committed since then too."""

    at: float
    store: GitSnapshotStore
    files: FileSet
    snapshot: Snapshot


class GitEnrollmentFiles:
    """Implements `provider.enrolling_ports.EnrollmentFiles`. Thread-safe.

    The checkout is opened for the changes that wait, and closed after them, so that other processes can use it.

    Args:
        opened: opens the checkout; it waits for another process that uses it.
        http_hosts: hosts for which plain http is allowed.
        monotonic: the clock for the age of what is known, in seconds.
    """

    def __init__(
        self,
        opened: Callable[[], ConfigRepository],
        http_hosts: Collection[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opened = opened
        self._http_hosts = http_hosts
        self._monotonic = monotonic
        self._combined: Combined[_Job, CommittedEdit] = Combined(self._commit_all, _TURN_SECONDS)
        self._using = threading.Lock()
        self._repository: ConfigRepository | None = None
        self._since = 0.0
        self._store: GitSnapshotStore | None = None
        self._known: _KnownFiles | None = None

    def written(self) -> WrittenEntries:
        """What the files have, or had a few seconds ago; see EnrollmentFiles."""
        return (self._fresh() or self._read(newest=False)).files.written

    def snapshot(self) -> Snapshot:
        """All enrollments and state, as they are, or were a few seconds ago; see EnrollmentFiles."""
        return (self._fresh() or self._read(newest=False)).snapshot

    def plan(self, decide: DecideEdit, *, newest: bool = False, reviewed: bool = False) -> PlannedEdit:
        """The edit on top of the files as they were a few seconds ago, or are now; see EnrollmentFiles."""
        known = (None if newest else self._fresh()) or self._read(newest=newest)
        edit = decide(known.files.written)
        files = known.files.with_every_rule(edit.file) if reviewed else known.files
        return PlannedEdit(edit, files.diff(files.edited(edit), edit.file), known.snapshot)

    def commit(self, decide: DecideEdit, requested_by: str) -> CommittedEdit:
        """Make the edit in a commit of its own, and push it; see EnrollmentFiles."""
        return self._combined.do(_Job(decide, requested_by))

    def propose(self, decide: DecideEdit, requested_by: str, branch: str) -> None:
        """Push a commit of the edit to a branch of its own; see EnrollmentFiles."""
        with self._using:
            try:
                repository = self._open()
                files = self._pulled(repository).files
                edit = decide(files.written)
                after = files.with_every_rule(edit.file).edited(edit)
                message = message_of(edit, files, requested_by)
                repository.propose(Rewrite({edit.file: after.texts[edit.file]}, message), branch)
            finally:
                self._close_if_idle()

    def _fresh(self) -> "_KnownFiles | None":
        known = self._known
        return known if known and self._monotonic() - known.at < _FRESH_SECONDS else None

    def _read(self, *, newest: bool) -> "_KnownFiles":
        with self._using:
            # Another thread may have read them meanwhile.
            if not newest and (fresh := self._fresh()):
                return fresh
            try:
                return self._pulled(self._open())
            finally:
                self._close_if_idle()

    def _commit_all(self, jobs: Sequence[_Job]) -> Sequence[CommittedEdit | BaseException]:
        with self._using:
            try:
                repository = self._open()
                known = self._pulled(repository)
                batch = _Batch(known.store, jobs)
                try:
                    commits = repository.commit_series(batch.rewrites)
                except BaseException:
                    self._known = None
                    raise
                if batch.after:
                    self._known = replace(known, files=batch.after)
                return batch.results(commits)
            finally:
                self._close_if_idle()

    def _open(self) -> ConfigRepository:
        if self._repository is None:
            self._repository = self._opened()
            self._since = self._monotonic()
        return self._repository

    def _pulled(self, repository: ConfigRepository) -> "_KnownFiles":
        repository.pull()
        store = self._store.reopened(repository) if self._store else GitSnapshotStore(repository, self._http_hosts)
        self._store = store
        self._known = _KnownFiles(self._monotonic(), store, store.file_set(), store.read())
        return self._known

    def _close_if_idle(self) -> None:
        """Close the checkout, unless more changes wait; after some seconds let another process use it in any case."""
        repository = self._repository
        if repository and not (self._combined.waits and self._monotonic() - self._since < _LONGEST_OPEN_SECONDS):
            self._repository = None
            repository.close()


class _Batch:
    """The jobs of one push: each edit is made on top of those before it."""

    def __init__(self, store: GitSnapshotStore, jobs: Sequence[_Job]) -> None:
        self._store = store
        self._jobs = jobs
        self._results: list[CommittedEdit | BaseException] = []
        self._made: tuple[Mapping[str, str], Sequence[Rewrite]] | None = None
        self.after: FileSet | None = None

    def rewrites(self) -> Sequence[Rewrite]:
        """A rewrite for each job that changes a file; the other jobs get their results.

        After a lost race against a commit of state they are the same: so the next push comes soon, and a worker that
        commits all the time does not win every race.
        """
        written = self._store.written_files()
        if self._made is None or self._made[0] != written:
            self._made = written, self._rewrites()
        return self._made[1]

    def _rewrites(self) -> Sequence[Rewrite]:
        self._results = []
        files = self._store.file_set()
        found: list[Rewrite] = []
        for job in self._jobs:
            try:
                edit = job.decide(files.written)
                after = files.edited(edit)
                diff = files.diff(after, edit.file)
                message = message_of(edit, files, job.requested_by)
            except Exception as error:  # noqa: BLE001 - the error of this job alone; its caller gets it
                self._results.append(error)
                continue
            self._results.append(CommittedEdit(edit, diff, None))
            if diff:
                found.append(Rewrite({edit.file: after.texts[edit.file]}, message))
            files = after
        self.after = files
        return found

    def results(self, commits: Sequence[str]) -> Sequence[CommittedEdit | BaseException]:
        """The result of each job, after the commits of the rewrites were pushed."""
        ids = iter(commits)
        return [
            CommittedEdit(result.edit, result.diff, next(ids) if result.diff else None)
            if isinstance(result, CommittedEdit)
            else result
            for result in self._results
        ]
