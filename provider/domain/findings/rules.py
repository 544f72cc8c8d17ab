"""Findings about policy.yaml: what an entry of a team's file asks for, and no rule allows."""

from collections.abc import Iterator

from provider.domain.enrollment import Enrollment
from provider.domain.findings.finding import Finding, Level
from provider.domain.policy.authority import Refusal, claim_refusal, may_claim, origin_refusal, refusals
from provider.domain.snapshot import Origins, Snapshot


def rule_findings(enrollment: Enrollment, snapshot: Snapshot) -> Iterator[Finding]:
    """Each thing that no rule allows, with the rule that is missing; none for the admins' file."""
    for refusal in (*refusals(snapshot.policy, enrollment), *_claim(enrollment, snapshot)):
        yield Finding(".".join(refusal.field), Level.WARNING, refusal.message, needs_rule=True)


def _claim(enrollment: Enrollment, snapshot: Snapshot) -> Iterator[Refusal]:
    """Why the entry may not claim its image: another file enrolled it, or the entries of other files use it."""
    if may_claim(snapshot.policy, enrollment):
        return
    origins = Origins.of_snapshot(snapshot)
    if foreign := origins.foreign(enrollment):
        yield origin_refusal(enrollment, *foreign)
    elif users := _users(enrollment, snapshot, origins):
        yield claim_refusal(enrollment, users)


def _users(enrollment: Enrollment, snapshot: Snapshot, origins: Origins) -> frozenset[str]:
    image, file = enrollment.reference.image, enrollment.file
    if file in origins.repositories.get(image, ()):
        return frozenset()
    return frozenset(
        user.name
        for user in snapshot.images.values()
        if user.enrollment.file != file
        and (user.enrollment.reference.image == image or any(edge.image.image == image for edge in user.dependencies))
    )
