"""Which entry holds a name or a reference that several entries claim, and which may claim one at all.

An entry never loses what it holds to an entry of another file: neither while both are there, nor when it changes, is
removed and comes back. So the file of origin comes first, then the authority of an entry, then the order of files.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from provider.config_repo.enrollments.files import Enrolled, file_order
from provider.domain.enrollment import Enrollment
from provider.domain.policy.authority import Refusal, claim_refusal, may_claim, origin_refusal
from provider.domain.policy.rules import NO_POLICY, Policy
from provider.domain.snapshot import Origins

Dependents = Callable[[str], Iterable[str]]
"""The names of the images that depend on a repository (registry and path)."""


def no_dependents(_: str) -> Iterable[str]:
    """Where the dependencies of images are not known."""
    return ()


@dataclass(frozen=True, slots=True)
class Before:
    """What the state knows about the time before a commit.

    Attributes:
        enrollments: those that were in force, by name.
        origins: the files of all images that are or were enrolled.
        dependents: the images that depend on a repository.
        policy: what the entries of teams' files may do.
    """

    enrollments: Mapping[str, Enrollment]
    origins: Origins = field(default_factory=Origins)
    dependents: Dependents = no_dependents
    policy: Policy = NO_POLICY

    def origin_refusal(self, enrollment: Enrollment) -> Refusal | None:
        """The refusal of an entry whose name, image or repository comes from another file."""
        foreign = self.origins.foreign(enrollment)
        return origin_refusal(enrollment, *foreign) if foreign else None


@dataclass(frozen=True, slots=True)
class Claim:
    """An enrollment that claims its name and reference; `entry` is None for a last valid version that is kept."""

    enrollment: Enrollment
    entry: Enrolled | None

    @property
    def reference(self) -> str:
        """The reference that it claims."""
        return str(self.enrollment.reference)

    @property
    def order(self) -> tuple[bool, str, int]:
        """Its place in the files; a version that is kept comes before all entries."""
        return file_order(self.entry.path, self.entry.line) if self.entry else file_order("")


@dataclass(frozen=True, slots=True)
class Holders:
    """The claims that hold their references, by reference, and the refusals of claims that no rule allows, by name."""

    by_reference: Mapping[str, Claim]
    refused: Mapping[str, Refusal]


def chosen_entry(before: Before, name: str, entries: list[Enrolled]) -> Enrolled:
    """Of several entries with one name: the one of the file of origin, else of an authority, else the first.

    Of several in one file it is the one that equals the enrollment in force, else the one of the same image.
    """
    known = before.enrollments.get(name)

    def rank(entry: Enrolled) -> tuple[bool, ...]:
        enrollment = entry.enrollment
        return (
            entry.path != before.origins.files.get(name),
            not may_claim(before.policy, enrollment),
            enrollment != known,
            known is None or enrollment.reference != known.reference,
        )

    return min(entries, key=rank)


def holders(before: Before, claims: list[Claim]) -> Holders:
    """Who holds each reference.

    Without an authority an entry claims no image that another file has enrolled, and none in a repository that the
    entries of other files use.
    """
    users = _Users(before, claims)
    held = {str(enrollment.reference): name for name, enrollment in before.enrollments.items()}
    found: dict[str, Claim] = {}
    refused: dict[str, Refusal] = {}

    def rank(claim: Claim) -> tuple[object, ...]:
        name, file = claim.enrollment.name, claim.enrollment.file
        return (
            file != before.origins.files.get(claim.reference),
            held.get(claim.reference) != name,
            file not in before.origins.repositories.get(claim.enrollment.reference.image, ()),
            not may_claim(before.policy, claim.enrollment),
            claim.order,
        )

    for claim in sorted(claims, key=rank):
        if refusal := _refusal(before, users, claim):
            refused[claim.enrollment.name] = refusal
        elif claim.reference not in found:
            found[claim.reference] = claim
            users.add(claim)
    return Holders(found, refused)


def _refusal(before: Before, users: "_Users", claim: Claim) -> Refusal | None:
    if claim.entry is None or may_claim(before.policy, claim.enrollment):
        return None
    if refusal := before.origin_refusal(claim.enrollment):
        return refusal
    using = users.of(claim.enrollment)
    return claim_refusal(claim.enrollment, using) if using else None


class _Users:
    """The entries of other files that use a repository: they depend on it, or have enrolled it."""

    def __init__(self, before: Before, claims: Iterable[Claim]) -> None:
        self._before = before
        self._files = {claim.enrollment.name: claim.enrollment.file for claim in claims}
        self._enrolled: dict[str, dict[str, str]] = {}

    def add(self, claim: Claim) -> None:
        """The claim holds its reference."""
        enrollment = claim.enrollment
        self._enrolled.setdefault(enrollment.reference.image, {})[enrollment.name] = enrollment.file

    def of(self, enrollment: Enrollment) -> frozenset[str]:
        """The names that stand against a new claim; none where its file has or had an image of the repository."""
        image = enrollment.reference.image
        if enrollment.file in self._before.origins.repositories.get(image, ()):
            return frozenset()
        depending = {name: self._files[name] for name in self._before.dependents(image) if name in self._files}
        using = depending | self._enrolled.get(image, {})
        return frozenset(name for name, file in using.items() if file != enrollment.file)
