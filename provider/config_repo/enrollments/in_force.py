"""Decide which enrollments are in force after a commit: an entry that is present but invalid is not removed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from provider.config_repo.enrollments.claims import Before, Claim, Holders, chosen_entry, holders
from provider.config_repo.enrollments.files import (
    Enrolled,
    Enrollments,
    in_file_order,
    name_conflict,
    reference_conflict,
    same_file,
)
from provider.config_repo.enrollments.problems import EnrollmentProblem, dotted
from provider.domain.enrollment import ADMINS_FILE, Enrollment
from provider.domain.policy.authority import Refusal, refusals


@dataclass(frozen=True, slots=True)
class InForce:
    """The enrollments that the service acts on.

    Attributes:
        enrollments: by name.
        kept: names whose last valid version stays in force, because their current entry is not valid or not allowed.
        problems: what people have to correct, in file order.
    """

    enrollments: Mapping[str, Enrollment]
    kept: frozenset[str]
    problems: tuple[EnrollmentProblem, ...]


def in_force(before: Before, now: Enrollments) -> InForce:
    """The enrollments in force: the current files, together with what was in force before.

    Of an entry that is present but invalid, the last valid version stays in force. Where a whole file or the name of an
    entry cannot be read, any image of that file may be meant, so no enrollment of it is removed. Of duplicates, the one
    of the file of origin stays. What no rule allows is a problem.
    """
    previous = before.enrollments
    chosen = {name: chosen_entry(before, name, entries) for name, entries in _by_name(now).items()}
    kept = {name for name in previous if _is_kept(previous[name], chosen.get(name), now)}
    refused: dict[str, Refusal] = {}
    while True:
        claims = [
            *(Claim(previous[name], None) for name in kept),
            *(Claim(entry.enrollment, entry) for name, entry in chosen.items() if name not in kept),
        ]
        held = holders(before, claims)
        refused |= held.refused
        losers = {claim.enrollment.name for claim in claims if held.by_reference.get(claim.reference) is not claim}
        # An entry that may not claim its reference keeps its last valid version; others may claim that reference.
        newly_kept = {name for name in losers & previous.keys() - kept if chosen[name].path == previous[name].file}
        if not newly_kept:
            break
        kept |= newly_kept
    by_name = {claim.enrollment.name: claim for claim in held.by_reference.values()}
    found = (
        problem
        for entry in now.entries
        for problem in _problems(before, entry, by_name, replace(held, refused=refused))
    )
    return InForce(
        {name: claim.enrollment for name, claim in by_name.items()},
        frozenset(kept & by_name.keys()),
        in_file_order([*now.faults, *found]),
    )


def _by_name(now: Enrollments) -> dict[str, list[Enrolled]]:
    by_name: dict[str, list[Enrolled]] = {}
    for entry in now.entries:
        by_name.setdefault(entry.enrollment.name, []).append(entry)
    return by_name


def _is_kept(known: Enrollment, chosen: Enrolled | None, now: Enrollments) -> bool:
    """Whether an invalid entry may be the image's own, and no valid one in its file equals what is in force.

    An invalid entry elsewhere keeps nothing, except for one with its name in the admins' file, to which the image may
    be on its way.
    """
    name = known.name
    faults = {fault.name for fault in now.faults if same_file(fault.path, known.file)}
    if chosen is not None and chosen.path == known.file:
        return name in faults and chosen.enrollment != known
    if chosen is None and any(fault.name == name and fault.path == ADMINS_FILE for fault in now.faults):
        return True
    return bool(faults & {name, None})


def _problems(
    before: Before, entry: Enrolled, by_name: Mapping[str, Claim], held: Holders
) -> Iterator[EnrollmentProblem]:
    """Why the entry is not in force; of an entry in force, what it may not do."""
    name = entry.enrollment.name
    of_name = by_name.get(name)
    if of_name and of_name.entry is entry:
        yield from (_refused(entry, refusal) for refusal in refusals(before.policy, entry.enrollment))
        return
    of_reference = held.by_reference.get(str(entry.enrollment.reference))
    if of_reference and of_reference.enrollment.name != name:
        yield reference_conflict(entry, of_reference.enrollment.name, of_reference.entry)
    elif name in held.refused and not (of_name and of_name.entry):
        yield _refused(entry, held.refused[name])
    else:
        yield name_conflict(entry, of_name.entry if of_name else None)


def _refused(entry: Enrolled, refusal: Refusal) -> EnrollmentProblem:
    line = entry.line_of(refusal.field)
    return EnrollmentProblem(entry.path, line, entry.enrollment.name, dotted(refusal.field), refusal.message)
