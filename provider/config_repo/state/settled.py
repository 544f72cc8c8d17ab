"""What a commit leaves in force, and the removals in it that wait; the service and `validate` share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provider.config_repo.enrollments.claims import Before
from provider.config_repo.enrollments.files import Enrollments
from provider.config_repo.enrollments.in_force import in_force
from provider.config_repo.enrollments.problems import EnrollmentProblem
from provider.config_repo.layout import POLICY
from provider.domain.enrollment import Enrollment
from provider.domain.policy.removals import waiting_removals

_SHOWN_NAMES = 5


@dataclass(frozen=True, slots=True)
class Settled:
    """The enrollments of one commit.

    Attributes:
        enrollments: those in force, by name.
        removals: the names whose removal waits until an admin allows it, by the file that had the entries.
        problems: the name of the image ("" for none) and what people have to correct; the problem of removals that wait
            is at the first line of their file.
    """

    enrollments: Mapping[str, Enrollment]
    removals: Mapping[str, tuple[str, ...]]
    problems: tuple[tuple[str, EnrollmentProblem], ...]


def settled_entries(before: Before, written: Enrollments) -> Settled:
    """Decide what is in force after a commit.

    Args:
        before: what was in force.
        written: the entries of the commit.
    """
    previous, settled = before.enrollments, in_force(before, written)
    gone = _gone(previous, settled.enrollments)
    files = {name: enrollment.file for name, enrollment in previous.items()}
    waiting = waiting_removals(files, [name for name in gone if name not in before.policy.removals])
    enrolled = before.policy.removals.intersection(entry.enrollment.name for entry in written.entries)
    kept = {name: previous[name] for names in waiting.values() for name in names}
    problems = [(problem.name or "", problem) for problem in settled.problems]
    problems += [("", _waiting(file, names, files)) for file, names in waiting.items()]
    problems += [(name, _not_removed(name)) for name in sorted(enrolled)]
    return Settled({**kept, **settled.enrollments}, waiting, tuple(problems))


def _gone(previous: Mapping[str, Enrollment], now: Mapping[str, Enrollment]) -> list[str]:
    """The names that would be removed; an image that is now enrolled under another name does not count."""
    references = {enrollment.reference for enrollment in now.values()}
    return sorted(name for name, before in previous.items() if name not in now and before.reference not in references)


def _waiting(file: str, names: Sequence[str], files: Mapping[str, str]) -> EnrollmentProblem:
    """The problem of removals that wait, at the first line of the file that had the entries."""
    total = sum(1 for one in files.values() if one == file)
    shown = ", ".join(names[:_SHOWN_NAMES]) + (", ..." if len(names) > _SHOWN_NAMES else "")
    found = f"{len(names)} of the {total} images of this file would be removed at once ({shown}); none of them is"
    remedy = "restore the entries, or let an admin allow it on /images, or with removals in policy.yaml"
    return EnrollmentProblem(file, 1, None, None, f"{found}; {remedy}", tuple(names))


def _not_removed(name: str) -> EnrollmentProblem:
    """The problem of a removal that is allowed in advance, or still: it would be allowed forever."""
    found = f"{name} is enrolled, and may be removed at any time; remove its entry, or take its name out of this list"
    return EnrollmentProblem(POLICY, 1, None, "removals", found)
