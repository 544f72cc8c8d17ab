"""Read the files of enrollments: the valid entries, and the problems with their places."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from provider.config_repo.enrollments.entry import EntryProblem, InvalidEntry, load_entry
from provider.config_repo.enrollments.problems import EnrollmentProblem, dotted
from provider.config_repo.layout import ENROLLMENTS, TEAM_FOLDER, EnrollmentsFile, meaning_of
from provider.containment import contained
from provider.domain.enrollment import Enrollment
from provider.domain.enrollment_grammar import name_problem
from provider.errors import InternalError
from provider.yaml_lines import Path, UnreadableYaml, YamlDocument, YamlValue, read_yaml


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment, with its file and line; `lines` has those of its fields, counted from its own, by their path."""

    enrollment: Enrollment
    path: str
    line: int
    lines: Mapping[Path, int] = field(default_factory=dict, compare=False)

    def line_of(self, place: Path) -> int:
        """The line of a field, or of what is written in its place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.line + self.lines.get(place, 0)


@dataclass(frozen=True, slots=True)
class Enrollments:
    """The enrollments in the files of one commit, in file order.

    Attributes:
        valid: the valid entries with unique names and references; of entries that share one, only the first.
        problems: all problems.
        entries: all entries that are valid on their own, also those that share a name or reference.
        faults: the problems of single entries and of whole files, without conflicts between entries.
    """

    valid: tuple[Enrolled, ...]
    problems: tuple[EnrollmentProblem, ...]
    entries: tuple[Enrolled, ...]
    faults: tuple[EnrollmentProblem, ...]


@dataclass(frozen=True, slots=True)
class FileEntries:
    """What one file has: the entries that are valid on their own, and all other problems than conflicts of entries."""

    entries: tuple[Enrolled, ...]
    faults: tuple[EnrollmentProblem, ...]


def is_enrollments(path: str) -> bool:
    """Whether this may be a file of enrollments; also for misnamed files, which are reported as problems."""
    return path in (ENROLLMENTS, ENROLLMENTS.replace(".yaml", ".yml")) or path.startswith(f"{TEAM_FOLDER}/")


def file_order(path: str, line: int = 0) -> tuple[bool, str, int]:
    """The sort key: images.yaml first, then images.d by name, then by line."""
    return path != ENROLLMENTS, path, line


def read_enrollments(files: Mapping[str, str], http_hosts: Collection[str] = ()) -> Enrollments:
    """Read every file of enrollments; an invalid entry or file does not hide the others.

    Args:
        files: path inside the config repository to text; files without enrollments are skipped.
        http_hosts: hosts that may be reached by plain http; one without a port covers all its ports.
    """
    return combined({path: read_entries(path, text, http_hosts) for path, text in files.items()})


def combined(files: Mapping[str, FileEntries]) -> Enrollments:
    """The enrollments in these files, by path."""
    read = [files[path] for path in sorted(files, key=file_order)]
    entries = [entry for each in read for entry in each.entries]
    faults = in_file_order(fault for each in read for fault in each.faults)
    valid, conflicts = _settle(entries)
    return Enrollments(tuple(valid), in_file_order([*faults, *conflicts]), tuple(entries), faults)


def same_file(path: str, file: str) -> bool:
    """Whether the path is that of the file of enrollments, also if it is misnamed (`team.yml` for `team.yaml`)."""
    return path == file or path.rpartition(".")[0] == file.rpartition(".")[0]


def in_file_order(problems: Iterable[EnrollmentProblem]) -> tuple[EnrollmentProblem, ...]:
    """The problems, sorted in file order."""
    return tuple(sorted(problems, key=lambda problem: (file_order(problem.path, problem.line), str(problem))))


def _settle(entries: Collection[Enrolled]) -> tuple[list[Enrolled], list[EnrollmentProblem]]:
    holders: dict[str, Enrolled] = {}
    staying: list[Enrolled] = []
    conflicts: list[EnrollmentProblem] = []
    for entry in entries:
        name, reference = entry.enrollment.name, str(entry.enrollment.reference)
        if holder := holders.get(name):
            conflicts.append(name_conflict(entry, holder))
        elif holder := holders.get(reference):
            conflicts.append(reference_conflict(entry, holder.enrollment.name, holder))
        else:
            holders[name] = holders[reference] = entry
            staying.append(entry)
    return staying, conflicts


def name_conflict(entry: Enrolled, holder: Enrolled | None) -> EnrollmentProblem:
    """The problem of an entry whose name another one has; `holder` None: a last valid version that stays in force."""
    return _conflict(entry, "name", f"{entry.enrollment.name} is the name of another image, {_where(holder)}")


def reference_conflict(entry: Enrolled, name: str, holder: Enrolled | None) -> EnrollmentProblem:
    """The problem of an entry whose image is enrolled under another name; `holder` as above."""
    return _conflict(entry, "repository", f"{entry.enrollment.reference} is enrolled as {name}, {_where(holder)}")


def _conflict(entry: Enrolled, field: str, words: str) -> EnrollmentProblem:
    return EnrollmentProblem(
        entry.path, entry.line, entry.enrollment.name, field, f"{words}; change or remove one of them"
    )


def _where(holder: Enrolled | None) -> str:
    return f"at {holder.path}:{holder.line}" if holder else "whose last valid version is used"


def read_entries(path: str, text: str, http_hosts: Collection[str] = ()) -> FileEntries:
    """Read one file of enrollments; an unexpected error is a problem of the whole file, which hides no other."""
    read = contained(path, _read_file, path, text, http_hosts)
    if isinstance(read, InternalError):
        return FileEntries((), (EnrollmentProblem(path, 1, None, None, str(read)),))
    entries, faults = read
    return FileEntries(tuple(entries), tuple(faults))


def _read_file(path: str, text: str, http_hosts: Collection[str]) -> tuple[list[Enrolled], list[EnrollmentProblem]]:
    if not isinstance(meaning_of(path), EnrollmentsFile):
        return [], _misnamed(path)
    try:
        document = read_yaml(text)
    except UnreadableYaml as error:
        return [], [EnrollmentProblem(path, error.line, None, None, str(error))]
    match document.value:
        case list(values):
            return _read_entries(path, document, values, http_hosts)
        case None:
            return [], list(_faults(path, document))
        case _:
            message = "this is not a list; write entries that begin with '- name:'"
            return [], [EnrollmentProblem(path, document.line_of(()), None, None, message)]


def _misnamed(path: str) -> list[EnrollmentProblem]:
    """The problem of a file whose name is similar to that of a file of enrollments, and which is not read."""
    if path.startswith(f"{TEAM_FOLDER}/") and path.endswith((".yaml", ".yml")):
        return [EnrollmentProblem(path, 1, None, None, f"this file is not read; name it {TEAM_FOLDER}/<team>.yaml")]
    if path == ENROLLMENTS.replace(".yaml", ".yml"):
        return [EnrollmentProblem(path, 1, None, None, f"this file is not read; name it {ENROLLMENTS}")]
    return []


def _read_entries(
    path: str, document: YamlDocument, values: list[YamlValue], http_hosts: Collection[str]
) -> tuple[list[Enrolled], list[EnrollmentProblem]]:
    entries: list[Enrolled] = []
    problems = list(_faults(path, document))
    faulty = {fault.path[0] for fault in document.faults if fault.path}
    reported = {(problem.name, problem.field, problem.line) for problem in problems}
    lines = _lines_by_entry(document)
    for index, value in enumerate(values):
        loaded = contained(f"{path}:{document.line_of((index,))}", _loaded, value, http_hosts)
        if not isinstance(loaded, Enrollment):
            wrong = (EntryProblem((), str(loaded)),) if isinstance(loaded, InternalError) else loaded
            found = (_entry_problem(path, document, index, problem) for problem in wrong)
            # A value that is missing because of a fault is not also reported as empty.
            problems.extend(problem for problem in found if (problem.name, problem.field, problem.line) not in reported)
            continue
        if index not in faulty:
            entries.append(Enrolled(replace(loaded, file=path), path, document.line_of((index,)), lines.get(index, {})))
    return entries, problems


def _loaded(value: YamlValue, http_hosts: Collection[str]) -> Enrollment | tuple[EntryProblem, ...]:
    try:
        return load_entry(value, http_hosts)
    except InvalidEntry as error:
        return error.problems


def _lines_by_entry(document: YamlDocument) -> dict[str | int, Mapping[Path, int]]:
    """The lines of the fields of each entry, counted from the line of the entry."""
    found: dict[str | int, list[tuple[Path, int]]] = {}
    for place, line in document.lines.items():
        if place[1:]:
            found.setdefault(place[0], []).append((place[1:], line - document.lines[place[:1]]))
    return {index: _shared_lines(tuple(lines)) for index, lines in found.items()}


# Most entries are written alike: thousands of them share a few mappings.
@lru_cache(maxsize=1024)
def _shared_lines(lines: tuple[tuple[Path, int], ...]) -> Mapping[Path, int]:
    return dict(lines)


def _entry_problem(path: str, document: YamlDocument, index: int, problem: EntryProblem) -> EnrollmentProblem:
    line = document.line_of((index, *problem.where))
    return EnrollmentProblem(path, line, _name(document, index), dotted(problem.path), problem.message)


def _faults(path: str, document: YamlDocument) -> Iterator[EnrollmentProblem]:
    for fault in document.faults:
        name = _name(document, fault.path[0]) if fault.path else None
        yield EnrollmentProblem(path, fault.line, name, dotted(fault.path[1:]), fault.message)


def _name(document: YamlDocument, index: str | int) -> str | None:
    """The name of the entry; None where it cannot be read or is not valid."""
    match document.value:
        case list(entries) if isinstance(index, int):
            entry = entries[index]
            name = entry.get("name") if isinstance(entry, dict) else None
            return name if isinstance(name, str) and not name_problem(name) else None
        case _:
            return None
