"""Decide which enrollments are in force after a commit: an entry that is present but invalid is not removed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from provider.config_repo.enrollments.files import (
    Enrolled,
    Enrollments,
    file_order,
    in_file_order,
    name_conflict,
    reference_conflict,
)
from provider.config_repo.enrollments.problems import EnrollmentProblem
from provider.domain.enrollment import Enrollment

_MANY = 5
_SHARE = 5


@dataclass(frozen=True, slots=True)
class InForce:
    """The enrollments that the service acts on.

    Attributes:
        enrollments: by name.
        kept: names whose last valid version stays in force, because their current entry is not valid.
        problems: what people have to correct, in file order.
    """

    enrollments: Mapping[str, Enrollment]
    kept: frozenset[str]
    problems: tuple[EnrollmentProblem, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An enrollment that claims its name and reference; `entry` is None for a last valid version that is kept."""

    enrollment: Enrollment
    entry: Enrolled | None

    @property
    def reference(self) -> str:
        return str(self.enrollment.reference)


def in_force(previous: Mapping[str, Enrollment], now: Enrollments) -> InForce:
    """The enrollments in force: the current files, together with what was in force before.

    Of an entry that is present but invalid, the last valid version stays in force. Where a whole file or the name of an
    entry cannot be read, any image may be meant, so no enrollment is removed. Of duplicates, the one in force stays,
    else the first one in file order.
    """
    chosen = {name: _chosen(previous.get(name), entries) for name, entries in _by_name(now).items()}
    kept = {name for name in previous if _is_kept(previous[name], chosen.get(name), now)}
    while True:
        claims = [
            *(_Candidate(previous[name], None) for name in kept),
            *(_Candidate(entry.enrollment, entry) for name, entry in chosen.items() if name not in kept),
        ]
        holders = _holders(claims, previous)
        losers = {claim.enrollment.name for claim in claims if holders[claim.reference] is not claim}
        # An entry that claims a taken reference keeps its last valid version; another entry may claim that reference.
        newly_kept = (losers & previous.keys()) - kept
        if not newly_kept:
            break
        kept |= newly_kept
    by_name = {claim.enrollment.name: claim for claim in holders.values()}
    conflicts = (_conflict(entry, by_name, holders) for entry in now.entries)
    return InForce(
        {name: claim.enrollment for name, claim in by_name.items()},
        frozenset(kept & by_name.keys()),
        in_file_order([*now.faults, *filter(None, conflicts)]),
    )


def too_many_removals(previous_names: Collection[str], new_names: Collection[str]) -> bool:
    """Whether too many images would be removed at once: more than a fifth of them, and more than five."""
    removed = len(set(previous_names) - set(new_names))
    return removed > _MANY and removed * _SHARE > len(set(previous_names))


def _by_name(now: Enrollments) -> dict[str, list[Enrolled]]:
    by_name: dict[str, list[Enrolled]] = {}
    for entry in now.entries:
        by_name.setdefault(entry.enrollment.name, []).append(entry)
    return by_name


def _chosen(before: Enrollment | None, entries: list[Enrolled]) -> Enrolled:
    """Of several entries with one name, the one in force, else the one of the same image, else the first one."""
    same = [entry for entry in entries if entry.enrollment == before]
    same_image = [entry for entry in entries if before and entry.enrollment.reference == before.reference]
    return (*same, *same_image, *entries)[0]


def _is_kept(before: Enrollment, chosen: Enrolled | None, now: Enrollments) -> bool:
    """Whether the files have an invalid entry of the image, and none that equals its enrollment in force."""
    faulty = {fault.name for fault in now.faults}
    if chosen is None:
        return bool(faulty & {before.name, None})
    return before.name in faulty and chosen.enrollment != before


def _holders(claims: list[_Candidate], previous: Mapping[str, Enrollment]) -> dict[str, _Candidate]:
    """The holder of each reference: the one that had it before, else the first one in file order."""

    def order(claim: _Candidate) -> tuple[bool, tuple[bool, str, int]]:
        before = previous.get(claim.enrollment.name)
        had_it = before is not None and str(before.reference) == claim.reference
        return not had_it, file_order(claim.entry.path, claim.entry.line) if claim.entry else file_order("")

    holders: dict[str, _Candidate] = {}
    for claim in sorted(claims, key=order):
        holders.setdefault(claim.reference, claim)
    return holders


def _conflict(
    entry: Enrolled, by_name: Mapping[str, _Candidate], holders: Mapping[str, _Candidate]
) -> EnrollmentProblem | None:
    """The conflict because of which the entry is not in force; None: it is in force."""
    of_name = by_name.get(entry.enrollment.name)
    if of_name and of_name.entry is entry:
        return None
    of_reference = holders.get(str(entry.enrollment.reference))
    if of_reference and of_reference.enrollment.name != entry.enrollment.name:
        return reference_conflict(entry, of_reference.enrollment.name, of_reference.entry)
    return name_conflict(entry, of_name.entry if of_name else None)
