"""The snapshot in the config repository: read from its newest commit, with one commit for each step."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from provider.config_repo.enrollments.file_set import FileSet
from provider.config_repo.enrollments.files import Enrollments, read_enrollments
from provider.config_repo.enrollments.policy import read_policy
from provider.config_repo.enrollments.problems import EnrollmentProblem
from provider.config_repo.enrollments.rule_files import rule_file_problems
from provider.config_repo.layout import (
    ENROLLMENTS,
    POLICY,
    TEAM_FOLDER,
    EnrollmentsFile,
    PolicyFile,
    StateFile,
    StateRole,
    leftover_path,
    meaning_of,
    path_of,
)
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Change, Edit, replacing
from provider.config_repo.repository.messages import commit_message
from provider.config_repo.state.before import KnownStates
from provider.config_repo.state.documents import StateContent, base_text, image_text
from provider.config_repo.state.files import Content, StateFiles, read_file
from provider.config_repo.state.settled import settled_entries
from provider.containment import contained
from provider.domain.enrollment import Enrollment
from provider.domain.policy.rules import NO_POLICY, Policy
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, ImageState
from provider.domain.verification.rule import LARGEST_FILE
from provider.errors import InternalError
from proxy.errors import Unavailable

Step = Callable[[Snapshot], Changes]
_TRIES = 5
_SHOWN_REASONS = 50


class _Moved(Exception):
    """A file changed after it was read: the step runs again on its new content."""


class GitSnapshotStore:
    """Reads and writes the snapshot. Only one process writes; each content of a state file is parsed once."""

    def __init__(self, repository: ConfigRepository, http_hosts: Collection[str] = ()) -> None:
        self._repository = repository
        self._http_hosts = http_hosts
        self._snapshot: Snapshot | None = None
        self._parsed: dict[tuple[str, str], Content] = {}
        self._enrollments: tuple[dict[str, str], Enrollments] | None = None
        self._rules: tuple[Mapping[str, str], Mapping[str, str]] = {}, {}
        self._policy: tuple[str | None, tuple[Policy, tuple[EnrollmentProblem, ...]]] = None, (NO_POLICY, ())

    def reopened(self, repository: ConfigRepository) -> "GitSnapshotStore":
        """A store over the same repository, opened again; it knows what this one has parsed."""
        again = GitSnapshotStore(repository, self._http_hosts)
        again._snapshot, again._parsed = self._snapshot, self._parsed
        again._enrollments, again._policy = self._enrollments, self._policy
        return again

    def file_set(self) -> FileSet:
        """All files of enrollments at the newest commit that is known here."""
        blobs = self._repository.files()
        before = KnownStates.of(self._states(blobs)).before(self._read_policy(blobs.get(POLICY))[0])
        texts = self._repository.texts([path for path in blobs if isinstance(meaning_of(path), EnrollmentsFile)])
        return FileSet.of(texts, before, self._written(blobs), blobs.keys())

    def written_files(self) -> Mapping[str, str]:
        """The content ids of the files that people write and that decide what is enrolled, by path."""
        files = self._repository.files().items()
        return {path: blob for path, blob in files if isinstance(meaning_of(path), EnrollmentsFile | PolicyFile)}

    def pull(self) -> bool:
        """Fetch what others pushed. Raises the same as `ConfigRepository.pull`."""
        return self._repository.pull()

    def read(self) -> Snapshot:
        """The snapshot at the newest commit that is known here; the same object as long as that is the same commit."""
        position = self._repository.head()
        if self._snapshot is None or self._snapshot.position != position:
            self._snapshot = self._read_at(position)
        return self._snapshot

    def _read_at(self, position: str) -> Snapshot:
        blobs = self._repository.files()
        states = self._states(blobs)
        known = KnownStates.of(states)
        policy, wrong = self._read_policy(blobs.get(POLICY))
        settled = settled_entries(known.before(policy), self._written(blobs))
        enrollments = settled.enrollments
        problems: list[tuple[str, str]] = [(name, problem.text) for name, problem in settled.problems]
        unreadable, meant = states.unreadable(archived=False), {name for name, _ in problems}
        problems += [("", problem.text) for problem in wrong]
        files = self._rule_files(enrollments.values(), blobs)
        problems += [(str(each.name), each.text) for each in rule_file_problems(self._written(blobs).valid, files.get)]
        problems += states.problems({*enrollments, *known.images, *known.bases})
        return Snapshot(
            position,
            enrollments,
            known.images,
            known.bases,
            known.archived_images,
            known.archived_bases,
            tuple(problems),
            unreadable,
            policy,
            unreadable_archive=states.unreadable(archived=True),
            # A problem without a name may be about any image.
            unclaimed=frozenset() if "" in meant else unreadable - enrollments.keys() - meant,
            removals=settled.removals,
            files=files,
        )

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
            edits = [*self._put_away(changes.leftovers), *_edits(snapshot, changes)]
            try:
                self._repository.commit(edits, _message(subject, changes.reasons, changes.requested_by))
            except _Moved:
                self._repository.pull()
                continue
            return _with_errors(self.read(), changes)
        raise Unavailable(f"others kept changing the same state files ({subject}); the next round tries again")

    def _states(self, blobs: Mapping[str, str]) -> StateFiles:
        wanted = {path: meaning for path in blobs if isinstance(meaning := meaning_of(path), StateFile)}
        unknown = [path for path in wanted if (path, blobs[path]) not in self._parsed]
        texts = self._repository.texts(unknown) if unknown else {}
        for path, text in texts.items():
            self._parsed[path, blobs[path]] = read_file(wanted[path], text)
        self._parsed = {key: content for key, content in self._parsed.items() if blobs.get(key[0]) == key[1]}
        return StateFiles({meaning: self._parsed[path, blobs[path]] for path, meaning in wanted.items()})

    def _put_away(self, names: Collection[str]) -> Iterable[Change]:
        """Move the unreadable state files of these names into the archive, without reading them."""
        if not names:
            return
        states = self._states(self._repository.files())
        files = [file for name in sorted(names) for file in states.unreadable_of(name)]
        texts = self._repository.texts([path_of(file) for file in files])
        for file in files:
            path = path_of(file)
            yield Change(path, _unless_edited(path, texts.get(path)))
            yield Change(leftover_path(file), replacing(texts.get(path)))

    def _written(self, blobs: Mapping[str, str]) -> Enrollments:
        written = {path: blob for path, blob in blobs.items() if _is_enrollments(path)}
        if self._enrollments is None or self._enrollments[0] != written:
            texts = self._repository.texts(list(written))
            self._enrollments = written, read_enrollments(texts, self._http_hosts)
        return self._enrollments[1]

    def _rule_files(self, enrollments: Iterable[Enrollment], blobs: Mapping[str, str]) -> Mapping[str, str]:
        """The texts of the files that `verify` of these enrollments and of those in the files names."""
        written = (entry.enrollment for entry in self._written(blobs).valid)
        rules = {each.verify for each in (*enrollments, *written) if each.verify}
        wanted = {path: blobs[path] for rule in rules for path in rule.files if path in blobs}
        if self._rules[0] != wanted:
            texts = self._repository.small_texts(list(wanted), LARGEST_FILE) if wanted else {}
            self._rules = wanted, texts
        return self._rules[1]

    def _read_policy(self, blob: str | None) -> tuple[Policy, tuple[EnrollmentProblem, ...]]:
        if self._policy[0] != blob:
            texts = self._repository.texts([POLICY]) if blob else {}
            self._policy = blob, read_policy(texts.get(POLICY, ""))
        return self._policy[1]


def _with_errors(snapshot: Snapshot, changes: Changes) -> Snapshot:
    """The snapshot with the errors of a step; the same object where there are none."""
    return replace(snapshot, errors=changes.errors) if changes.errors else snapshot


def _edits(snapshot: Snapshot, changes: Changes) -> Iterable[Change]:
    """The edits of all files that the changes touch.

    A state whose text cannot be made is left out, and named in the errors of the changes. Then no file is removed
    either: its history may be what that state was made from.
    """
    texts = list(_texts(snapshot, changes))
    broken = {file.name: text for file, _, text in texts if isinstance(text, InternalError)}
    changes.errors |= {name: f"its state cannot be written: {error}" for name, error in broken.items()}
    for file, known, text in texts:
        if not isinstance(text, InternalError) and (text is not None or not broken):
            yield _change(file, known, text)


def _texts(
    snapshot: Snapshot, changes: Changes
) -> Iterable[tuple[StateFile, ImageState | BaseState | None, str | InternalError | None]]:
    """Each file that the changes touch, the state that it has now, and its new text (None: it is removed)."""
    after = changes.apply(snapshot)
    dependents, before = _dependents(after.images), _dependents(snapshot.images)
    moved = {name for name in dependents.keys() | before.keys() if dependents.get(name) != before.get(name)}
    for name, image in changes.images.items():
        text = contained(name, image_text, image) if image else None
        yield StateFile(StateRole.MANAGED, name), snapshot.images.get(name), text
    for name in sorted((set(changes.bases) | moved) - snapshot.unreadable):
        base = after.bases.get(name)
        text = contained(name, base_text, base, dependents.get(name, ())) if base else None
        if base or name in snapshot.bases:
            yield StateFile(StateRole.BASE, name), snapshot.bases.get(name), text
    for name, image in changes.archived_images.items():
        text = contained(name, image_text, image) if image else None
        yield StateFile(StateRole.MANAGED, name, archived=True), snapshot.archived_images.get(name), text
    for name, base in changes.archived_bases.items():
        text = contained(name, base_text, base, ()) if base else None
        yield StateFile(StateRole.BASE, name, archived=True), snapshot.archived_bases.get(name), text


def _is_enrollments(path: str) -> bool:
    """Whether this may be a file of enrollments; also for misnamed files, which are reported as problems."""
    return path in (ENROLLMENTS, ENROLLMENTS.replace(".yaml", ".yml")) or path.startswith(f"{TEAM_FOLDER}/")


def _change(file: StateFile, known: ImageState | BaseState | None, text: str | None) -> Change:
    return Change(path_of(file), _unless_moved(file, known, text))


def _unless_moved(file: StateFile, known: ImageState | BaseState | None, text: str | None) -> Edit:
    """The edit that writes the text, provided that the file still has the content that the step has read."""

    def edit(found: str | None) -> str | None:
        content = read_file(file, found) if found is not None else None
        now = content.state if isinstance(content, StateContent) else content
        if now != known:
            raise _Moved(path_of(file))
        return text

    return edit


def _unless_edited(path: str, known: str | None) -> Edit:
    """The edit that removes the file, provided that it still has this text."""

    def edit(found: str | None) -> str | None:
        if found != known:
            raise _Moved(path)
        return None

    return edit


def _dependents(images: Mapping[str, ImageState]) -> dict[str, tuple[str, ...]]:
    """The images that depend on each base; those of an image that cannot be read are left out."""
    found: dict[str, set[str]] = {}
    for name, image in images.items():
        bases = contained(name, _bases_of, image)
        for base in () if isinstance(bases, InternalError) else bases:
            found.setdefault(base, set()).add(name)
    return {name: tuple(sorted(names)) for name, names in found.items()}


def _bases_of(image: ImageState) -> set[str]:
    return {dependency.name for dependency in image.dependencies}


def _message(subject: str, reasons: Collection[str], requested_by: Iterable[str]) -> str:
    shown = list(reasons)[:_SHOWN_REASONS]
    if len(reasons) > len(shown):
        shown.append(f"and {len(reasons) - len(shown)} more")
    return commit_message(subject, shown, requested_by)
