"""The problems in a checkout of the config repository, which `image-factory validate` prints."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from provider.config_repo.enrollments.files import Enrolled, in_file_order, read_enrollments
from provider.config_repo.enrollments.policy import read_policy
from provider.config_repo.enrollments.problems import EnrollmentProblem
from provider.config_repo.enrollments.rule_files import rule_file_problems
from provider.config_repo.layout import ENROLLMENTS, POLICY, TEAM_FOLDER
from provider.config_repo.state.before import before_of
from provider.config_repo.state.folder import read_state_folder
from provider.config_repo.state.settled import settled_entries
from provider.domain.policy.rules import NO_POLICY, Policy
from provider.domain.verification.rule import LARGEST_FILE
from provider.yaml_lines import LARGEST


@dataclass(frozen=True, slots=True)
class Validated:
    """The result of reading a checkout.

    Attributes:
        problems: what people have to correct: of enrollments in file order, then of policy.yaml, then of state.
        entries: the entries that are valid on their own.
        policy: what the entries of teams' files may do.
    """

    problems: tuple[EnrollmentProblem, ...]
    entries: tuple[Enrolled, ...] = ()
    policy: Policy = NO_POLICY


def validate_folder(folder: Path) -> Validated:
    """Read images.yaml, images.d, policy.yaml and state of a checkout, and find the problems that the service would.

    The state has what was in force before, who depends on what, and the files of origin. Without it, the files are
    read as those of a new config repository.

    Args:
        folder: the checkout; other files in it are ignored.
    """
    texts, unread = _texts(folder)
    if not texts and not unread:
        missing = f"none of {ENROLLMENTS}, {TEAM_FOLDER} and {POLICY} is in {folder}"
        where = f"{missing}; pass the folder of a checkout of the config repository"
        return Validated((EnrollmentProblem(ENROLLMENTS, 1, None, None, where),))
    policy, wrong = read_policy(texts.pop(POLICY, ""))
    states = read_state_folder(folder)
    written = read_enrollments(texts)
    entries = replace(written, faults=in_file_order([*unread, *written.faults]))
    settled = settled_entries(before_of(states, policy), entries)
    unreadable = [
        EnrollmentProblem(problem.file, problem.line, name, problem.field, problem.message)
        for name, problem in states.problems({*settled.enrollments, *states.images, *states.bases})
    ]
    problems = [problem for _, problem in settled.problems]
    files = rule_file_problems(written.valid, lambda path: _rule_file(folder, path))
    return Validated((*problems, *files, *wrong, *unreadable), written.entries, policy)


def count_enrollments(folder: Path) -> int:
    """The number of valid entries in images.yaml and images.d of a checkout; 0 if there is no checkout."""
    texts, _ = _texts(folder)
    return len(read_enrollments({path: text for path, text in texts.items() if path != POLICY}).valid)


def _texts(folder: Path) -> tuple[dict[str, str], list[EnrollmentProblem]]:
    """The texts of the files by path, and the problems of files that cannot be read."""
    texts: dict[str, str] = {}
    unread: list[EnrollmentProblem] = []
    for file in _files(folder):
        path = file.relative_to(folder).as_posix()
        match _read(file, path):
            case str(text):
                texts[path] = text
            case EnrollmentProblem() as problem:
                unread.append(problem)
    return texts, unread


def _files(folder: Path) -> Iterator[Path]:
    """The files of enrollments and policy.yaml; also broken links, because a file was meant."""
    candidates = (folder / ENROLLMENTS, folder / "images.yml", *sorted((folder / TEAM_FOLDER).glob("*.y*ml")))
    yield from (file for file in (*candidates, folder / POLICY) if file.exists() or file.is_symlink())


def _rule_file(folder: Path, path: str) -> str | None:
    """The text of a file that an entry names; None for a link or a folder, as the service reads it from git."""
    file = folder / path
    if any(each.is_symlink() for each in (file, *file.parents) if folder in each.parents) or not file.is_file():
        return None
    with file.open("rb") as opened:
        content = opened.read(LARGEST_FILE + 1)
    return content.decode(errors="replace") if len(content) <= LARGEST_FILE else None


def _read(file: Path, path: str) -> str | EnrollmentProblem:
    try:
        with file.open("rb") as opened:
            # One byte more than allowed shows that the file is too large.
            content = opened.read(LARGEST + 1)
        return content.decode()
    except UnicodeDecodeError as error:
        if len(content) > LARGEST:
            # The limit has cut a character in two. The file is too large, and reading its text reports that.
            return content.decode(errors="replace")
        line = content.count(b"\n", 0, error.start) + 1
        return EnrollmentProblem(path, line, None, None, "this is not UTF-8; save the file in UTF-8")
    except OSError as error:
        return EnrollmentProblem(path, 1, None, None, f"this file cannot be read: {error.strerror}")
