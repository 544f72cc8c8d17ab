"""All files of enrollments at one commit, and the same files after the edit of one entry. Pure.

An edit is refused if the service would not act on the new entry, or if it would make a problem for another one.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from provider.config_repo.enrollments.claims import Before
from provider.config_repo.enrollments.edits import adding, removing, replacing_entry
from provider.config_repo.enrollments.files import Enrolled, Enrollments
from provider.config_repo.enrollments.in_force import InForce, in_force
from provider.config_repo.enrollments.problems import EnrollmentProblem
from provider.config_repo.enrollments.rule_files import missing_files
from provider.config_repo.repository.edits import Edit
from provider.domain.enrolling.change import EntryEdit, WrittenEntries
from provider.domain.enrollment import Enrollment
from provider.domain.policy.rules import Policy, every_rule
from provider.errors import EditRefused, EntryRefused

_ProblemKey = tuple[str, str | None, str | None, str]
_END = 10**9
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class FileSet:
    """The files of enrollments.

    Attributes:
        texts: by path; other files than those with enrollments are left out.
        before: what the state knows, for the decision which entries are in force.
        enrollments: what the texts say. After an edit the lines of entries are not up to date.
        result: what is in force by them.
        paths: every file of the config repository, which entries may name.
    """

    texts: Mapping[str, str]
    before: Before
    enrollments: Enrollments
    result: InForce = field(repr=False)
    paths: Collection[str] = field(repr=False)

    @classmethod
    def of(cls, texts: Mapping[str, str], before: Before, enrollments: Enrollments, paths: Collection[str]) -> Self:
        """These files, with what is in force by them."""
        return cls(texts, before, enrollments, in_force(before, enrollments), paths=paths)

    @property
    def written(self) -> WrittenEntries:
        """What decisions about requests need to know."""
        faulty: dict[str, frozenset[str]] = {}
        for fault in self.enrollments.faults:
            if fault.name:
                faulty[fault.name] = faulty.get(fault.name, frozenset()) | {fault.path}
        return WrittenEntries(
            frozenset(self.texts),
            tuple(entry.enrollment for entry in self.enrollments.entries),
            faulty,
            self.result.enrollments,
            self.before.policy,
        )

    def edited(self, edit: EntryEdit) -> "FileSet":
        """The files after the edit.

        Raises:
            EntryRefused: the service would not act on the entry; the messages are by field.
            EditRefused: the text cannot be edited, or another entry would get a problem.
        """
        text = _edit_of(edit)(self.texts.get(edit.file))
        texts = {**self.texts, edit.file: text or ""}
        after = FileSet.of(texts, self.before, _edited(self.enrollments, edit), self.paths)
        _check(self, after, edit)
        return after

    def with_every_rule(self, file: str) -> "FileSet":
        """The same files, as if the rules of policy.yaml allowed the entries of this file everything that rules can."""
        policy = self.before.policy
        allowing = Policy(policy.own, (*policy.rules, every_rule(file)))
        return FileSet.of(self.texts, replace(self.before, policy=allowing), self.enrollments, self.paths)

    def diff(self, after: "FileSet", file: str) -> str:
        """The unified diff of one file between these files and those after an edit; "" without a difference."""
        texts = (self.texts.get(file), after.texts.get(file, ""))
        names = ("/dev/null" if texts[0] is None else f"a/{file}", f"b/{file}")
        return "".join(_diff_lines(texts[0] or "", texts[1], names))


def _check(before: FileSet, after: FileSet, edit: EntryEdit) -> None:
    known = {_key(problem) for problem in before.result.problems}
    new = [problem for problem in after.result.problems if _key(problem) not in known]
    own = {edit.name, edit.entry.name if edit.entry else None} - {None}
    fields = {problem.field or "name": problem.message for problem in new if problem.name in own}
    if edit.entry:
        fields = {**missing_files(edit.entry, before.paths), **fields}
    if fields:
        raise EntryRefused(fields)
    if new:
        raise EditRefused(f"with this change another entry would have a problem: {new[0]}")
    if edit.entry and after.result.enrollments.get(edit.entry.name) != edit.entry:
        raise EntryRefused({"name": _unused_reason(after.result.problems, edit.entry)})


def _unused_reason(problems: tuple[EnrollmentProblem, ...], entry: Enrollment) -> str:
    reasons = [problem.message for problem in problems if (problem.path, problem.name) == (entry.file, entry.name)]
    return "; ".join(reasons) or f"the entry in {entry.file} would not be in force; correct the other entries first"


def _key(problem: EnrollmentProblem) -> _ProblemKey:
    """The problem without its line, which moves with the entries above it."""
    return problem.path, problem.name, problem.field, problem.message


def _edit_of(edit: EntryEdit) -> Edit:
    match edit:
        case EntryEdit(name=None, entry=Enrollment() as entry):
            return adding(entry)
        case EntryEdit(name=str(name), entry=Enrollment() as entry):
            return replacing_entry(name, entry)
        case EntryEdit(name=str(name)):
            return removing(name)
        case _:
            raise ValueError("an edit names an entry, or has one")


def _edited(now: Enrollments, edit: EntryEdit) -> Enrollments:
    """The enrollments after the edit, without reading the texts again."""
    place = (edit.file, edit.name)
    old = next((entry for entry in now.entries if (entry.path, entry.enrollment.name) == place), None)
    others = [entry for entry in now.entries if entry is not old]
    faults = tuple(fault for fault in now.faults if edit.name is None or (fault.path, fault.name) != place)
    if edit.entry:
        new = replace(old, enrollment=edit.entry) if old else Enrolled(edit.entry, edit.file, _END)
        at = now.entries.index(old) if old else len(others)
        others.insert(at, new)
    return replace(now, entries=tuple(others), faults=faults)


def _diff_lines(before: str, after: str, names: tuple[str, str]) -> Iterator[str]:
    # Only \n ends a line: other breaks are text.
    lines = [_LINE.findall(text) for text in (before, after)]
    for line in difflib.unified_diff(lines[0], lines[1], *names):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
