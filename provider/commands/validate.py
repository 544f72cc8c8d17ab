"""`image-factory validate`: checks the files of a config repository, in a pre-commit hook or a CI job."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from provider.config_repo.enrollments.files import Enrolled
from provider.config_repo.enrollments.problems import EnrollmentProblem, dotted
from provider.config_repo.enrollments.validate import Validated, validate_folder
from provider.domain.policy.conditions import conditions
from provider.domain.policy.unsupported import Abilities, unsupported

# Most checkouts need no others, and the tables import the clients of all providers, which takes longer than the rest.
COMMON = Abilities(("github", "git"), ("github-actions",))


def run(folder: str) -> int:
    """Print one line for each problem, then for each warning and each note; returns 1 if there is a problem."""
    path = Path(folder)
    if not path.is_dir():
        print(f"{folder} is not a folder; pass the folder of a checkout of the config repository", file=sys.stderr)
        return 1
    found = validate_folder(path)
    for line in (*found.problems, *_warnings(found.entries), *_notes(found)):
        print(line)
    return int(bool(found.problems))


def _warnings(entries: Iterable[Enrolled]) -> Iterator[EnrollmentProblem]:
    """What the valid entries ask for and the service does not do."""
    known = list(entries)
    abilities = COMMON if all(COMMON.cover(entry.enrollment) for entry in known) else _all_abilities()
    for entry in known:
        for each in unsupported(entry.enrollment, abilities):
            message = f"warning: {dotted(each.field)}: {each.message}"
            yield EnrollmentProblem(entry.path, entry.line_of(each.field), entry.enrollment.name, None, message)


def _notes(found: Validated) -> Iterator[EnrollmentProblem]:
    """What the entries of teams' files get only under a condition that the files do not show."""
    for entry in found.entries:
        for each in conditions(found.policy, entry.enrollment):
            message = f"note: {dotted(each.field)}: {each.message}"
            yield EnrollmentProblem(entry.path, entry.line_of(each.field), entry.enrollment.name, None, message)


def _all_abilities() -> Abilities:
    from provider.builds.table import BUILD_SYSTEMS  # noqa: PLC0415 - slow, and rarely needed
    from provider.sources.table import SOURCES  # noqa: PLC0415 - slow, and rarely needed

    return Abilities(tuple(kind.provider for kind in SOURCES), tuple(kind.system for kind in BUILD_SYSTEMS))
