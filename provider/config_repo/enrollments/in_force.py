"""Which enrollments are in force after a commit: present but invalid is not removed."""

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
    """What the service acts on.

    Attributes:
        enrollments: by name.
        kept: names whose last valid version stays, because what the files say of them now is not valid.
        problems: what people have to put right, in file order.
    """

    enrollments: Mapping[str, Enrollment]
    kept: frozenset[str]
    problems: tuple[EnrollmentProblem, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One enrollment that wants its name and reference; `entry` is None for a last valid version that is kept."""

    enrollment: Enrollment
    entry: Enrolled | None

    @property
    def reference(self) -> str:
        return str(self.enrollment.reference)


def in_force(previous: Mapping[str, Enrollment], now: Enrollments) -> InForce:
    """Settle what the files say now with what was in force before.

    The last valid version stays for an entry that is present but invalid. Where a whole file, or an entry's name,
    cannot be read, nobody knows whom it is about, so then no enrollment is removed. Of duplicates the one in force
    stays, else the first by file order.
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
        # Who wants a reference that is taken keeps what it had; that in turn may be what another wants.
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


def removals_need_a_word(previous_names: Collection[str], new_names: Collection[str]) -> bool:
    """Whether an admin must agree first: more than a fifth of the images, and more than five, would go."""
    removed = len(set(previous_names) - set(new_names))
    return removed > _MANY and removed * _SHARE > len(set(previous_names))


def _by_name(now: Enrollments) -> dict[str, list[Enrolled]]:
    by_name: dict[str, list[Enrolled]] = {}
    for entry in now.entries:
        by_name.setdefault(entry.enrollment.name, []).append(entry)
    return by_name


def _chosen(before: Enrollment | None, entries: list[Enrolled]) -> Enrolled:
    """Of several entries with one name: the one in force, else the one of the same image, else the first."""
    same = [entry for entry in entries if entry.enrollment == before]
    same_image = [entry for entry in entries if before and entry.enrollment.reference == before.reference]
    return (*same, *same_image, *entries)[0]


def _is_kept(before: Enrollment, chosen: Enrolled | None, now: Enrollments) -> bool:
    """Whether the files have something invalid about the image, and do not also say of it what they said before."""
    faulty = {fault.name for fault in now.faults}
    if chosen is None:
        return bool(faulty & {before.name, None})
    return before.name in faulty and chosen.enrollment != before


def _holders(claims: list[_Candidate], previous: Mapping[str, Enrollment]) -> dict[str, _Candidate]:
    """Who has each reference: those that had it before, then the first by file order."""

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
    """Why the entry is passed over; None: it is in force."""
    of_name = by_name.get(entry.enrollment.name)
    if of_name and of_name.entry is entry:
        return None
    of_reference = holders.get(str(entry.enrollment.reference))
    if of_reference and of_reference.enrollment.name != entry.enrollment.name:
        return reference_conflict(entry, of_reference.enrollment.name, of_reference.entry)
    return name_conflict(entry, of_name.entry if of_name else None)
