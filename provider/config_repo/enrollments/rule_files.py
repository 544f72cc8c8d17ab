"""The problems of files in the config repository that the `verify` of an entry names."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator

from provider.config_repo.enrollments.files import Enrolled
from provider.config_repo.enrollments.problems import EnrollmentProblem, dotted
from provider.domain.enrollment import Enrollment
from provider.domain.verification.grammar import public_key_problem
from provider.domain.verification.rule import LARGEST_FILE, is_inline
from provider.yaml_lines import Path

ReadFile = Callable[[str], str | None]
"""The text of a file in the config repository; None where it is no file, or too large."""

_KEYS = ("verify", "cosign", "keys")
_ROOT = ("verify", "cosign", "identity", "trustedRoot")


def rule_file_problems(entries: Iterable[Enrolled], read: ReadFile) -> list[EnrollmentProblem]:
    """The problems of the files that these entries name; until they are corrected, no digest fits those rules."""
    return [
        EnrollmentProblem(entry.path, entry.line_of(place), entry.enrollment.name, dotted(place), message)
        for entry in entries
        for place, message in entry_file_problems(entry.enrollment, read)
    ]


def entry_file_problems(entry: Enrollment, read: ReadFile, *, contents: bool = True) -> Iterator[tuple[Path, str]]:
    """The problems of the files that one entry names: the place of each, and a message.

    Args:
        entry: the entry.
        read: reads a file.
        contents: whether what is in the files is checked too.
    """
    if entry.verify is None:
        return
    cosign = entry.verify.cosign
    for number, key in enumerate(cosign.keys):
        if not is_inline(key) and (problem := _problem(key, read, public_key_problem if contents else _nothing)):
            yield (*_KEYS, number), problem
    root = cosign.identity.trusted_root if cosign.identity else None
    if root and (problem := _problem(root, read, _root_problem if contents else _nothing)):
        yield _ROOT, problem


def missing_files(entry: Enrollment, paths: Collection[str]) -> dict[str, str]:
    """The fields of an entry that name files which the config repository does not have, each with a message."""
    found = dict.fromkeys(paths, "")
    places = entry_file_problems(entry, found.get, contents=False)
    return {str(dotted(place)): message for place, message in places}


def _problem(path: str, read: ReadFile, problem_of: Callable[[str], str | None]) -> str | None:
    text = read(path)
    if text is None:
        return f"{path} is not a file in the config repository, or has more than {LARGEST_FILE} bytes"
    problem = problem_of(text)
    return f"{path} {problem}" if problem else None


def _nothing(_: str) -> None:
    return None


def _root_problem(text: str) -> str | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict) and "certificateAuthorities" in document:
        return None
    return "is not a trusted root; write what `cosign trusted-root create` prints"
