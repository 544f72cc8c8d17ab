"""Which digests of base images are checked for signatures, and what their results change. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.reference import Digest, ImageReference
from provider.containment import contained
from provider.domain.edges.view import BEFORE_ALL
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState
from provider.domain.verification.record import VerificationRecord, recorded
from provider.domain.verification.rule import Verify, resolved
from provider.errors import InternalError
from proxy.errors import OutsideFailure
from proxy.signatures.rules import SignatureAnswer, SignatureRule

MOST_CANDIDATES = 5
"""The newest digests of a tag whose signatures are checked for one image; older ones have newer ones before them."""

_SHOWN = 19
VerificationAnswer = SignatureAnswer | OutsideFailure


@dataclass(frozen=True, slots=True)
class VerificationCheck:
    """One check: a digest of a base image, by a rule. Images with the same rule share it.

    Attributes:
        name: the name of the base image.
        reference: with the digest.
        rule: with the contents of its files.
    """

    name: str
    reference: ImageReference
    rule: SignatureRule

    @property
    def digest(self) -> Digest:
        """The digest that is checked."""
        return self.reference.digest or Digest("")


def open_checks(snapshot: Snapshot) -> list[VerificationCheck]:
    """The checks whose result is not known to be good: of the current digest of each base, and of newer candidates.

    An image without `verify` has none. An image whose state cannot be judged has none either.
    """
    rules: dict[Verify, SignatureRule | None] = {}
    found: dict[VerificationCheck, None] = {}
    for name, image in snapshot.images.items():
        if image.enrollment.verify is None:
            continue
        checks = contained(name, _checks, snapshot, image, image.enrollment.verify, rules)
        if not isinstance(checks, InternalError):
            found |= dict.fromkeys(checks)
    return list(found)


def _checks(
    snapshot: Snapshot, image: ImageState, verify: Verify, rules: dict[Verify, SignatureRule | None]
) -> list[VerificationCheck]:
    if verify not in rules:
        rule = resolved(verify, snapshot.files)
        rules[verify] = rule if isinstance(rule, SignatureRule) else None
    known = rules[verify]
    return list(_open(snapshot, image, verify, known)) if known else []


def _open(snapshot: Snapshot, image: ImageState, verify: Verify, rule: SignatureRule) -> Iterator[VerificationCheck]:
    for dependency in image.dependencies:
        entity = snapshot.images.get(dependency.name) or snapshot.bases.get(dependency.name)
        if entity is None or not dependency.causes(image.enrollment.rebuild_on) or not verify.covers(dependency.image):
            continue
        good = {record.digest for record in entity.verifications if record.rule == rule.id and record.verified}
        for digest in _digests(entity, dependency):
            if digest not in good:
                yield VerificationCheck(dependency.name, dependency.image.tagged.at(digest), rule)


def _digests(entity: ImageState | BaseState, dependency: DependencyState) -> Sequence[Digest]:
    """The current digest, which shows whether the rule fits at all, and the newest candidates, the newest first."""
    current = entity.ledger.current
    newer = entity.ledger.candidates(dependency.built_on or BEFORE_ALL, dependency.platforms)
    digests = [current.digest] if current and not current.gone else []
    return list(dict.fromkeys([*digests, *(seen.digest for seen in reversed(newer[-MOST_CANDIDATES:]))]))


def verification_changes(
    now: datetime, snapshot: Snapshot, answers: Mapping[VerificationCheck, VerificationAnswer]
) -> Changes:
    """The changes of state that record these answers.

    With them go the records of digests that are in no history any more. An answer that finds what is recorded already
    changes nothing.
    """
    changes = Changes()
    by_name: dict[str, list[VerificationCheck]] = {}
    for check in answers:
        by_name.setdefault(check.name, []).append(check)
    for name, checks in sorted(by_name.items()):
        image, base = snapshot.images.get(name), snapshot.bases.get(name)
        entity = image or base
        if entity is None:
            continue
        found = contained(name, _recorded, now, entity, checks, answers)
        if isinstance(found, InternalError):
            changes.errors[name] = f"its signatures cannot be recorded: {found}"
            continue
        after, reasons = found
        if not reasons:
            continue
        changes.reasons += reasons
        if image:
            changes.images[name] = replace(image, verifications=after)
        elif base:
            changes.bases[name] = replace(base, verifications=after)
    return changes


def _recorded(
    now: datetime,
    entity: ImageState | BaseState,
    checks: Sequence[VerificationCheck],
    answers: Mapping[VerificationCheck, VerificationAnswer],
) -> tuple[tuple[VerificationRecord, ...], list[str]]:
    seen = {observation.digest for observation in entity.ledger.observations}
    records = {(each.rule, each.digest): each for each in entity.verifications if each.digest in seen}
    reasons = []
    for check in checks:
        key = check.rule.id, check.digest
        before = records.get(key)
        after = recorded(now, *key, answers[check], before)
        if after != before and check.digest in seen:
            records[key] = after
            result = f"is signed by {after.by}" if after.verified else str(after.reason)
            reasons.append(f"{check.name}: {check.digest[:_SHOWN]} {result}")
    return tuple(records.values()), reasons
