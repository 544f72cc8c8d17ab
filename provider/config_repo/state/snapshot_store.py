"""The snapshot in the config repository: read from its newest commit, with one commit for each step."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from provider.config_repo.enrollments.file_set import FileSet
from provider.config_repo.layout import EnrollmentsFile, PolicyFile, leftover_path, meaning_of, path_of
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Change, replacing
from provider.config_repo.repository.messages import commit_message
from provider.config_repo.state.before import before_of
from provider.config_repo.state.reading import ReadCommit, read_commit
from provider.config_repo.state.state_edits import Dependents, FileMoved, state_edits, unless_edited
from provider.domain.snapshot import Changes, Snapshot
from proxy.errors import Unavailable

Step = Callable[[Snapshot], Changes]
_TRIES = 5
_SHOWN_REASONS = 50


class GitSnapshotStore:
    """Reads and writes the snapshot. Only one process writes; each content of a file is parsed once."""

    def __init__(self, repository: ConfigRepository, http_hosts: Collection[str] = ()) -> None:
        self._repository = repository
        self._http_hosts = http_hosts
        self._commit: ReadCommit | None = None
        self._dependents = Dependents()

    def reopened(self, repository: ConfigRepository) -> "GitSnapshotStore":
        """A store over the same repository, opened again; it knows what this one has parsed."""
        again = GitSnapshotStore(repository, self._http_hosts)
        again._commit = self._commit
        return again

    def file_set(self) -> FileSet:
        """All files of enrollments at the newest commit that is known here."""
        read = self._newest()
        blobs = {path: blob for path, blob in read.blobs.items() if isinstance(meaning_of(path), EnrollmentsFile)}
        texts = dict(self._repository.contents(blobs))
        return FileSet.of(texts, before_of(read.states, read.policy[0]), read.enrollments, read.blobs.keys())

    def written_files(self) -> Mapping[str, str]:
        """The content ids of the files that people write and that decide what is enrolled, by path."""
        files = self._newest().blobs.items()
        return {path: blob for path, blob in files if isinstance(meaning_of(path), EnrollmentsFile | PolicyFile)}

    def pull(self) -> bool:
        """Fetch what others pushed. Raises the same as `ConfigRepository.pull`."""
        return self._repository.pull()

    def read(self) -> Snapshot:
        """The snapshot at the newest commit that is known here; what is unchanged is the same object."""
        return self._newest().snapshot

    def write(self, step: Step, subject: str) -> Snapshot:
        """Run the step on the current snapshot, commit and push; after a lost race run it again on the newer snapshot.

        Args:
            step: pure; it may run several times. A step without changes makes no commit.
            subject: the first line of the commit message; the reasons of the step follow it.

        Raises:
            Unavailable: the remote does not answer, or others kept changing the same files.
            Refused, OutcomeUnknown, CheckoutUnwritable, RepositoryBroken: see `ConfigRepository.commit`.
        """
        for _ in range(_TRIES):
            snapshot = self.read()
            changes = step(snapshot)
            if not changes:
                return _with_errors(snapshot, changes)
            edits = [*self._put_away(changes.leftovers), *self._edits(snapshot, changes)]
            try:
                self._repository.commit(edits, _message(subject, changes.reasons, changes.requested_by))
            except FileMoved:
                self._repository.pull()
                continue
            return _with_errors(self.read(), changes)
        raise Unavailable(f"others kept changing the same state files ({subject}); the next round tries again")

    def _newest(self) -> ReadCommit:
        self._commit = read_commit(self._repository, self._http_hosts, self._commit)
        return self._commit

    def _edits(self, snapshot: Snapshot, changes: Changes) -> Iterable[Change]:
        # The edits are made from the files at the head that the repository has then.
        return state_edits(snapshot, changes, self._dependents, lambda: self._repository.head() == snapshot.position)

    def _put_away(self, names: Collection[str]) -> Iterable[Change]:
        """Move the unreadable state files of these names into the archive, without reading them."""
        if not names:
            return
        states = self._newest().states
        files = [file for name in sorted(names) for file in states.unreadable_of(name)]
        texts = self._repository.texts([path_of(file) for file in files])
        for file in files:
            path = path_of(file)
            yield Change(path, unless_edited(path, texts.get(path)))
            yield Change(leftover_path(file), replacing(texts.get(path)))


def _with_errors(snapshot: Snapshot, changes: Changes) -> Snapshot:
    """The snapshot with the errors of a step; the same object where there are none."""
    return replace(snapshot, errors=changes.errors) if changes.errors else snapshot


def _message(subject: str, reasons: Collection[str], requested_by: Iterable[str]) -> str:
    shown = list(reasons)[:_SHOWN_REASONS]
    if len(reasons) > len(shown):
        shown.append(f"and {len(reasons) - len(shown)} more")
    return commit_message(subject, shown, requested_by)
