"""The read model: the state of every image and its decision, as readers see them. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from catalog.image import (
    AskedDocument,
    CauseDocument,
    DependencyDocument,
    DiscoveryDocument,
    Failure,
    HoldDocument,
    Image,
    RebuildDocument,
    Role,
    SkipDocument,
    Status,
    UnresolvedDocument,
    UpdateDocument,
    VerificationDocument,
    VerificationOutcome,
    WarningDocument,
)
from catalog.platforms import without_os_version
from catalog.reference import ImageReference
from catalog.times import utc_day
from catalog.version import looks_fixed
from provider.containment import contained
from provider.domain.digest_origins import origins_of
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Ledger, Observation
from provider.domain.plan import Plan
from provider.domain.policy.authority import Authority, authority_of, is_own, trusts
from provider.domain.policy.rules import Policy
from provider.domain.rebuild import cannot_be_built, end_of_hold, needs_a_person
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildStage, RebuildState
from provider.domain.status import ImageStatus
from provider.domain.verification.record import VerificationRecord
from provider.domain.verification.rule import resolved
from provider.domain.verification.trust import Trust
from provider.errors import InternalError

Found = TypeVar("Found", ImageState, BaseState)


def read_model(
    now: datetime,
    snapshot: Snapshot,
    planned: Plan,
    default_owner: str,
    names: Collection[str] | None = None,
    shown: Mapping[str, Image] = MappingProxyType({}),
) -> list[Image]:
    """Every tracked image, as readers see it.

    Args:
        now: the time of the plan.
        snapshot: the state.
        planned: the plan over that state.
        default_owner: of images whose entries name none.
        names: only these images and bases; None: all.
        shown: all others, as they are shown already.
    """
    notes: dict[str, list[str]] = {}
    for name, problem in snapshot.problems:
        notes.setdefault(name, []).append(problem)
    bases = []
    for name, base in _chosen(snapshot.bases, names):
        found = contained(name, _base, base, snapshot.policy, default_owner, notes)
        if isinstance(found, InternalError):
            found = _unreadable(name, Role.BASE, base.image, found, default_owner)
        bases.append(found)
    statuses = _Statuses(planned.statuses, {base.name: base for base in bases}, shown)
    images = []
    for name, image in _chosen(snapshot.images, names):
        found = contained(name, _managed, now, snapshot, image, planned.statuses[name], statuses, default_owner, notes)
        if isinstance(found, InternalError):
            found = _unreadable(name, Role.MANAGED, image.enrollment.reference, found, default_owner)
        images.append(found)
    return [*images, *bases]


def _chosen(states: Mapping[str, Found], names: Collection[str] | None) -> Iterable[tuple[str, Found]]:
    if names is None:
        return states.items()
    return [(name, state) for name in names if (state := states.get(name))]


@dataclass(frozen=True, slots=True)
class _Statuses:
    """The status of each entity: of a managed image from the plan, of a base as it is shown."""

    planned: Mapping[str, ImageStatus]
    bases: Mapping[str, Image]
    shown: Mapping[str, Image]

    def of(self, name: str) -> Status | None:
        found = self.planned.get(name) or self.bases.get(name) or self.shown.get(name)
        return found.status if found else None


def _unreadable(name: str, role: Role, reference: ImageReference, error: InternalError, default_owner: str) -> Image:
    """An image whose state could not be converted for readers: what identifies it, and the error."""
    return Image(
        name=name,
        role=role,
        registry=reference.registry,
        repository=reference.repository,
        tag=_tag(reference),
        status=Status.ERROR,
        reason=str(error),
        owner=default_owner,
    )


def _managed(
    now: datetime,
    snapshot: Snapshot,
    image: ImageState,
    shown: ImageStatus,
    statuses: _Statuses,
    default_owner: str,
    notes: Mapping[str, list[str]],
) -> Image:
    enrollment = image.enrollment
    authority = authority_of(snapshot.policy, enrollment)
    history = updates_of(image.ledger, image.verifications)
    rebuilds = tuple(_rebuild(record) for record in image.rebuilds)
    return Image(
        name=image.name,
        role=Role.MANAGED,
        registry=enrollment.reference.registry,
        repository=enrollment.reference.repository,
        tag=enrollment.tag,
        status=shown.status,
        reason=shown.reason,
        digest=history[-1].digest if history else None,
        digest_since=history[-1].first_seen if history else None,
        previous_digest=history[-1].previous_digest if history else None,
        next_eligible_at=shown.until,
        behind_since=shown.behind_since,
        last_updated=history[-1].first_seen if len(history) > 1 else None,
        last_built=image.last_built,
        enrolled_at=image.enrolled_at,
        discovery=_discovery(image),
        dependencies=tuple(
            _dependency(snapshot, image, dependency, statuses.of(dependency.name)) for dependency in image.dependencies
        ),
        last_rebuild=rebuilds[-1] if rebuilds else None,
        last_error=_last_error(image),
        notes=(
            *notes.get(image.name, ()),
            *_questions(image),
            *_pinned_notes(snapshot, image),
            *_fixed_note(enrollment.tag, image.ledger),
        ),
        updates=history,
        rebuilds=rebuilds,
        origins=origins_of(image),
        by_hand=needs_a_person(now, image, authority),
        by_hand_until=end_of_hold(now, image, authority),
        no_build=cannot_be_built(image, authority),
        **_requests_of_people(now, image),
        **_described(enrollment, authority, default_owner),
    )


def _last_error(image: ImageState) -> Failure | None:
    if image.error:
        return image.error
    if image.discovery_error:
        return Failure(image.last_discovery or image.enrolled_at, image.discovery_error)
    last = image.last_rebuild
    if last and last.error:
        return Failure(last.completed_at or last.requested_at, last.error)
    return None


def _dependency(
    snapshot: Snapshot, image: ImageState, dependency: DependencyState, status: Status | None
) -> DependencyDocument:
    built_on = dependency.built_on
    # A reference with a digest alone follows no tag; its entity is that of `latest`, which nobody wrote.
    bare = dependency.pinned and dependency.image.tag is None
    newest = None if bare else snapshot.ledger(dependency.name).current
    return DependencyDocument(
        dependency.name,
        str(dependency.image.familiar),
        dependency.role,
        dependency.kinds,
        dependency.platforms,
        built_on.digest if built_on else None,
        dependency.evidence if built_on else None,
        newest.digest if newest else None,
        status,
        ages=_ages(snapshot, image, dependency),
        built_on_since=built_on.at if built_on else None,
        verification=_newest_verification(snapshot, image, dependency, newest) if newest else None,
        written=dependency.written,
        newest_since=newest.first_seen if newest else None,
        line=dependency.line,
        file=dependency.file,
    )


def _newest_verification(
    snapshot: Snapshot, image: ImageState, dependency: DependencyState, newest: Observation
) -> VerificationDocument | None:
    """Whether the newest digest of a dependency is signed as the image needs it; None where it needs no signature."""
    verify = image.enrollment.verify
    if verify is None or not dependency.causes(image.enrollment.rebuild_on) or not verify.covers(dependency.image):
        return None
    entity = snapshot.images.get(dependency.name) or snapshot.bases.get(dependency.name)
    trust = Trust.of(resolved(verify, snapshot.files), entity.verifications if entity else ())
    record = trust.record(newest.digest)
    if record:
        return _verification(record)
    outcome = VerificationOutcome.FAILED if trust.failed(newest.digest) else VerificationOutcome.UNKNOWN
    return VerificationDocument(newest.digest, outcome, None, reason=trust.why_not(newest.digest))


def _verification(record: VerificationRecord) -> VerificationDocument:
    return VerificationDocument(record.digest, record.outcome, record.at, record.by, record.reason)


def _ages(snapshot: Snapshot, image: ImageState, dependency: DependencyState) -> bool:
    """Whether a digest that a rebuild of the dependency makes, or that appears upstream, waits for the delay."""
    maker = snapshot.images.get(dependency.name)
    trusted = maker is not None and trusts(snapshot.policy, image.enrollment, maker.enrollment)
    return not (trusted or is_own(snapshot.policy, dependency.image))


def _discovery(image: ImageState) -> DiscoveryDocument:
    return DiscoveryDocument(
        image.discovery,
        image.discovery_error,
        tuple(
            UnresolvedDocument(missing.name, missing.line, missing.hint, missing.file) for missing in image.unresolved
        ),
        tuple(WarningDocument(warning.line, warning.message, warning.file) for warning in image.warnings),
    )


def _described(enrollment: Enrollment, authority: Authority, default_owner: str) -> dict:  # type: ignore[type-arg]
    return {
        "owner": enrollment.owner or default_owner,
        "owner_acts": authority.owner_acts,
        "shows_runs": authority.shows_runs,
        "enrollment": enrollment.to_document(),
        "entry_file": enrollment.file,
        "title": enrollment.title,
        "description": enrollment.description,
        "system": enrollment.system,
        "lifecycle": enrollment.lifecycle,
    }


def _base(base: BaseState, policy: Policy, default_owner: str, notes: Mapping[str, list[str]]) -> Image:
    history = updates_of(base.ledger, base.verifications)
    enrolled = base.enrollment
    described = (
        _described(enrolled, authority_of(policy, enrolled), default_owner) if enrolled else {"owner": default_owner}
    )
    tag = _tag(base.image)
    if base.error:
        status, reason = Status.ERROR, base.error.message
    elif not history:
        status, reason = Status.UNKNOWN, "not checked yet"
    else:
        status, reason = Status.WATCHED, _watched(history)
    return Image(
        name=base.name,
        role=Role.BASE,
        registry=base.image.registry,
        repository=base.image.repository,
        tag=tag,
        status=status,
        reason=reason,
        digest=history[-1].digest if history else None,
        digest_since=history[-1].first_seen if history else None,
        previous_digest=history[-1].previous_digest if history else None,
        last_updated=history[-1].first_seen if len(history) > 1 else None,
        first_discovered=base.first_discovered,
        last_error=base.error,
        notes=(*notes.get(base.name, ()), *_fixed_note(tag, base.ledger)),
        updates=history,
        **described,
    )


def _tag(reference: ImageReference) -> str:
    return reference.tagged.tag or ""


def _watched(history: tuple[UpdateDocument, ...]) -> str:
    if len(history) == 1:
        return f"no change since {utc_day(history[0].first_seen)}"
    return f"last changed on {utc_day(history[-1].first_seen)}"


def _platforms(seen: Observation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(without_os_version(platform) for platform in seen.platforms))


def updates_of(ledger: Ledger, verifications: Sequence[VerificationRecord] = ()) -> tuple[UpdateDocument, ...]:
    """The history of digests; the baseline is first."""
    before = None
    found = []
    for seen in ledger.observations:
        found.append(
            UpdateDocument(
                seen.digest,
                before,
                seen.first_seen,
                seen.last_seen,
                seen.seen_by,
                seen.repoint,
                _platforms(seen),
                tuple(_verification(record) for record in verifications if record.digest == seen.digest),
            )
        )
        before = seen.digest
    return tuple(found)


def _rebuild(record: RebuildState) -> RebuildDocument:
    signers = {(target.name, target.digest): target.signed_by for target in record.targets}
    return RebuildDocument(
        id=record.id,
        requested_at=record.requested_at,
        dispatched_at=record.dispatched_at,
        completed_at=record.completed_at,
        status="completed"
        if record.settled
        else "running"
        if record.stage is not RebuildStage.REQUESTED
        else "requested",
        conclusion=record.conclusion,
        url=record.url,
        requested_by=record.requested_by,
        emergency=record.emergency,
        reason=record.reason,
        causes=tuple(
            CauseDocument(
                cause.name,
                cause.reference,
                cause.digest,
                cause.previous_digest,
                cause.first_seen,
                signers.get((cause.name, cause.digest)),
                cause.wave,
            )
            for cause in record.causes
        ),
        freshness=record.evidence.value if record.evidence else "unknown",
        error=record.error or _not_passed(record),
        cve=record.cve,
    )


def _requests_of_people(now: datetime, image: ImageState) -> dict:  # type: ignore[type-arg]
    hold = image.hold(now)
    return {
        "hold": HoldDocument(hold.reason, hold.by, hold.since, hold.until) if hold else None,
        "skips": tuple(SkipDocument(skip.digest, skip.reason, skip.by, skip.at) for skip in image.skips),
        "asked": tuple(
            AskedDocument(asked.reason, asked.by, asked.at, asked.emergency, asked.cve, asked.until)
            for asked in image.open_requests(now)
        ),
    }


def _not_passed(record: RebuildState) -> str | None:
    if not record.not_passed:
        return None
    return f"the workflow does not declare {', '.join(record.not_passed)}, so that could not be passed"


def _questions(image: ImageState) -> list[str]:
    return [name.question for name in image.unconfirmed if name.absent]


def _pinned_notes(snapshot: Snapshot, image: ImageState) -> list[str]:
    found = (_pinned_note(snapshot, dependency) for dependency in image.dependencies if dependency.pinned)
    return [note for note in found if note]


def _pinned_note(snapshot: Snapshot, dependency: DependencyState) -> str | None:
    if dependency.image.tag is None:
        return None
    base = snapshot.bases.get(dependency.name)
    current = base.ledger.current if base else None
    if current is None or current.digest == dependency.image.digest:
        return None
    name = dependency.image.tagged.familiar
    return f"{name} is pinned in the Dockerfile; the tag now points to {current.digest}"


def _fixed_note(tag: str, ledger: Ledger) -> list[str]:
    moves = len(ledger.observations) - 1
    if moves < 1 or not looks_fixed(tag):
        return []
    return [f"the tag {tag} looks like a fixed version but has changed {moves} times since it was first seen"]
