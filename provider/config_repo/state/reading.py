"""Read all enrollments and state of a commit; from one commit to the next, only the files that differ are read."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from provider.config_repo.enrollments.files import (
    Enrolled,
    Enrollments,
    FileEntries,
    combined,
    is_enrollments,
    read_entries,
)
from provider.config_repo.enrollments.policy import read_policy
from provider.config_repo.enrollments.problems import EnrollmentProblem
from provider.config_repo.enrollments.rule_files import rule_file_problems
from provider.config_repo.layout import POLICY, StateFile, meaning_of
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.state.before import before_of, claim_of
from provider.config_repo.state.files import Content, StateFiles, read_file
from provider.config_repo.state.settled import Settled, settled_entries
from provider.domain.enrollment import Enrollment
from provider.domain.policy.rules import NO_POLICY, Policy
from provider.domain.snapshot import Snapshot
from provider.domain.verification.rule import LARGEST_FILE

_Blobs = Mapping[str, str]
"""The content id of each file, by path."""


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The files that `verify` of enrollments names.

    Attributes:
        blobs: those that are there.
        texts: by path, as far as they can be read.
        problems: what is wrong with them.
    """

    blobs: _Blobs
    texts: Mapping[str, str]
    problems: tuple[EnrollmentProblem, ...]


@dataclass(frozen=True, slots=True)
class ReadCommit:
    """What was read of one commit. What is equal to what an earlier commit had is the same object.

    Attributes:
        blobs: all files but those of states.
        states: what the files of states have.
        files: what each file of enrollments has, by path.
        enrollments: what all of them have.
        policy: what policy.yaml has, and what is wrong with it.
        settled: which enrollments are in force.
        rules: the files that enrollments name.
        snapshot: all of it, as decisions need it.
    """

    blobs: _Blobs
    states: StateFiles
    files: Mapping[str, FileEntries]
    enrollments: Enrollments
    policy: tuple[Policy, tuple[EnrollmentProblem, ...]]
    settled: Settled
    rules: RuleFiles
    snapshot: Snapshot


_NOTHING = ReadCommit(
    {},
    StateFiles(),
    {},
    Enrollments((), (), (), ()),
    (NO_POLICY, ()),
    Settled({}, {}, ()),
    RuleFiles({}, {}, ()),
    Snapshot("", {}, {}, {}),
)


def read_commit(
    repository: ConfigRepository, http_hosts: Collection[str] = (), before: ReadCommit | None = None
) -> ReadCommit:
    """Read the newest commit that is known here.

    Args:
        repository: has its files.
        http_hosts: hosts that entries may name with plain http.
        before: what was read of an earlier commit, with the same hosts; of the same commit it is returned.
    """
    position = repository.head()
    if before and before.snapshot.position == position:
        return before
    changed = repository.changed(before.snapshot.position, position) if before else None
    if before is None or changed is None:
        return _read(repository, http_hosts, position, _NOTHING, repository.files(position))
    return _read(repository, http_hosts, position, before, changed)


def _read(
    repository: ConfigRepository,
    http_hosts: Collection[str],
    position: str,
    before: ReadCommit,
    changed: Mapping[str, str | None],
) -> ReadCommit:
    """What the commit has, from what another one has and the files that differ."""
    of_states = {path: meaning for path in changed if isinstance(meaning := meaning_of(path), StateFile)}
    states = before.states.after(_contents(repository, of_states, changed))
    blobs = _merged(before.blobs, {path: blob for path, blob in changed.items() if path not in of_states})
    files = _files(repository, http_hosts, before, blobs, states)
    enrollments = before.enrollments if files is before.files else combined(files)
    policy = before.policy
    if blobs.get(POLICY) != before.blobs.get(POLICY):
        policy = read_policy(_texts(repository, blobs, [POLICY]).get(POLICY, ""))
    settled = before.settled
    unchanged = enrollments is before.enrollments and policy is before.policy
    if not unchanged or any(claim_of(before.states, file) != claim_of(states, file) for file in of_states.values()):
        settled = _settled(before.settled, settled_entries(before_of(states, policy[0]), enrollments))
    rules = before.rules
    if not (unchanged and settled is before.settled and blobs is before.blobs):
        rules = _rule_files(repository, before.rules, blobs, enrollments, settled)
    known = ReadCommit(blobs, states, files, enrollments, policy, settled, rules, before.snapshot)
    return replace(known, snapshot=_snapshot(position, known))


def _contents(
    repository: ConfigRepository, files: Mapping[str, StateFile], changed: Mapping[str, str | None]
) -> dict[StateFile, Content | None]:
    there = {path: blob for path in files if (blob := changed[path])}
    contents: dict[StateFile, Content | None] = dict.fromkeys(files.values())
    for path, text in repository.contents(there):
        contents[files[path]] = read_file(files[path], text)
    return contents


def _files(
    repository: ConfigRepository, http_hosts: Collection[str], before: ReadCommit, blobs: _Blobs, states: StateFiles
) -> Mapping[str, FileEntries]:
    """What each file of enrollments has; a file that has not changed is not read again."""
    if blobs is before.blobs:
        return before.files
    paths = [path for path in blobs if is_enrollments(path)]
    new = [path for path in paths if blobs[path] != before.blobs.get(path)]
    if not new and len(paths) == len(before.files):
        return before.files
    texts = _texts(repository, blobs, new)
    read = {path: _shared(read_entries(path, text, http_hosts), states) for path, text in texts.items()}
    return {path: read.get(path) or before.files[path] for path in paths}


def _shared(read: FileEntries, states: StateFiles) -> FileEntries:
    """The same entries; an enrollment that equals the one in the state is that one, so that it is in memory once."""
    return replace(read, entries=tuple(_shared_entry(entry, states) for entry in read.entries))


def _shared_entry(entry: Enrolled, states: StateFiles) -> Enrolled:
    image, base = states.images.get(entry.enrollment.name), states.bases.get(entry.enrollment.name)
    known = image.enrollment if image else base.enrollment if base else None
    return replace(entry, enrollment=known) if known == entry.enrollment else entry


def _settled(before: Settled, now: Settled) -> Settled:
    """What is in force now; what is equal to what was in force before is the same object."""
    known = before.enrollments
    enrollments: Mapping[str, Enrollment] = {
        name: known[name] if known.get(name) == enrollment else enrollment
        for name, enrollment in now.enrollments.items()
    }
    enrollments = known if list(known.items()) == list(enrollments.items()) else enrollments
    removals = before.removals if before.removals == now.removals else now.removals
    return Settled(enrollments, removals, now.problems)


def _rule_files(
    repository: ConfigRepository, before: RuleFiles, blobs: _Blobs, enrollments: Enrollments, settled: Settled
) -> RuleFiles:
    """The files that `verify` names, of enrollments in force and of those that are written."""
    written = (entry.enrollment for entry in enrollments.valid)
    rules = {each.verify for each in (*settled.enrollments.values(), *written) if each.verify}
    wanted = {path: blobs[path] for rule in rules for path in rule.files if path in blobs}
    texts = before.texts
    if wanted != before.blobs:
        texts = repository.small_texts(list(wanted), LARGEST_FILE) if wanted else {}
    return RuleFiles(wanted, texts, tuple(rule_file_problems(enrollments.valid, texts.get)))


def _snapshot(position: str, read: ReadCommit) -> Snapshot:
    states, settled = read.states, read.settled
    unreadable = states.unreadable(archived=False)
    return Snapshot(
        position,
        settled.enrollments,
        states.images,
        states.bases,
        states.archived_images,
        states.archived_bases,
        tuple(_problems(read)),
        unreadable,
        read.policy[0],
        unreadable_archive=states.unreadable(archived=True),
        unclaimed=_unclaimed(unreadable, settled),
        removals=settled.removals,
        files=read.rules.texts,
    )


def _problems(read: ReadCommit) -> Iterable[tuple[str, str]]:
    """What people have to correct, by the name of the image."""
    states, settled = read.states, read.settled
    yield from ((name, problem.text) for name, problem in settled.problems)
    yield from (("", problem.text) for problem in read.policy[1])
    yield from ((str(problem.name), problem.text) for problem in read.rules.problems)
    if states.odd:
        yield from states.problems({*settled.enrollments, *states.images, *states.bases})


def _unclaimed(unreadable: frozenset[str], settled: Settled) -> frozenset[str]:
    """The unreadable names that no entry means; a problem without a name may be about any image."""
    if not unreadable:
        return unreadable
    meant = {name for name, _ in settled.problems}
    return frozenset() if "" in meant else unreadable - settled.enrollments.keys() - meant


def _merged(before: _Blobs, changes: Mapping[str, str | None]) -> _Blobs:
    if not changes:
        return before
    after = {**before, **changes}
    return {path: blob for path, blob in sorted(after.items()) if blob}


def _texts(repository: ConfigRepository, blobs: _Blobs, paths: Iterable[str]) -> dict[str, str]:
    return dict(repository.contents({path: blobs[path] for path in paths if path in blobs}))
