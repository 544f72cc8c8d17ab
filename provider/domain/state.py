"""The state of images that is kept in git. Values only; the decisions are in other modules.

A class `...State` may have a twin `...Document` in `catalog/image.py`: the state has what decisions need, such as the
key of a rebuild and its wave; the document has what readers are promised. The classes are written to git as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence, Failure
from catalog.reference import Digest, ImageReference
from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.dockerfile.findings import DockerfileWarning, Unresolved
from provider.domain.enrollment import Enrollment, RebuildOn
from provider.domain.ledger import BuiltOn, Ledger, Observation
from provider.domain.verification.record import VerificationRecord

SERVICE = "image-factory"
"""The requester of a rebuild that the service decided on."""


_NEVER_COUNT = (DependencyRole.UNUSED, DependencyRole.SYNTAX)


@dataclass(frozen=True, slots=True)
class DependencyState:
    """An edge from an image to an image that its Dockerfile names.

    Attributes:
        name: the name of the entity that the image depends on.
        written: the reference as in the Dockerfile, before expansion.
        image: the reference after expansion; with a digest it is pinned and never a cause.
        platforms: `os/architecture[/variant]` for which the build pulls it; empty: those of the image.
        built_on: the digest that the image was built from.
        evidence: how `built_on` is known.
        line: the line of the Dockerfile that names it, counted from 1; None: none does, or it is not known yet.
        file: the path of that Dockerfile in the source repository.
    """

    name: str
    written: str
    image: ImageReference
    kinds: tuple[str, ...]
    role: DependencyRole
    platforms: tuple[str, ...] = ()
    built_on: BuiltOn | None = None
    evidence: Evidence = Evidence.ASSUMED
    line: int | None = None
    file: str = ""

    @property
    def pinned(self) -> bool:
        """Whether the Dockerfile itself names the digest."""
        return self.image.digest is not None

    def causes(self, rebuild_on: RebuildOn) -> bool:
        """Whether a newer digest of this dependency causes a rebuild."""
        return not self.pinned and self.counts(rebuild_on)

    def counts(self, rebuild_on: RebuildOn) -> bool:
        """Whether the build pulls this dependency and the enrollment wants rebuilds for its role; it may be pinned."""
        if self.role in _NEVER_COUNT:
            return False
        return rebuild_on is RebuildOn.ALL or self.role is DependencyRole.FINAL


@dataclass(frozen=True, slots=True)
class CauseState:
    """A base that changed: from the digest that the image is built from to the digest to build on.

    `wave` is the time when the upstream change became eligible; all rebuilds that follow from one change share it.
    """

    name: str
    reference: str
    digest: Digest
    previous_digest: Digest | None
    first_seen: datetime
    wave: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """The digest that a build uses for one dependency.

    Attributes:
        cause: whether it is a cause of the build.
        signed_by: the key or identity that signed it; None where no rule needs a signature, or where the digest is the
            one that the image was built from before.
    """

    name: str
    written: str
    image: ImageReference
    digest: Digest
    cause: bool
    signed_by: str | None = None

    def document(self) -> dict[str, object]:
        """The item for the workflow's input `image_factory_base_images`; a build pins `reference@digest`."""
        return {
            "name": self.name,
            "written": self.written,
            "reference": self.image.image,
            "tag": self.image.tag,
            "digest": self.digest,
            "cause": self.cause,
        }


class RebuildStage(StrEnum):
    """The stage of a rebuild: recorded, accepted by the build system, ended."""

    REQUESTED = "requested"
    DISPATCHED = "dispatched"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class RebuildState:
    """One rebuild from decision to result.

    Attributes:
        key: image, build and builtOn -> target pairs; an automatic rebuild never happens twice for one key.
        asked: the number of start requests that were sent to the build system.
        asked_at: when the last of them was sent.
        sending: a request may have been sent, and its outcome is not known: settle it before sending another one.
        resent: the request was sent again after an unknown outcome; it is not sent a third time.
        retry_at: when a request that was certainly not carried out is sent again.
        result: the digest of the image after the rebuild; None until it has been read.
        evidence: whether the new image shows the digests that were passed; None where none were.
        settled: the new digest has been read (or there is none to read); no image waits for the rebuild any longer.
        emergency: it did not wait for delays and coordination windows.
        cve: the vulnerabilities that people named, separated by commas.
        requests: the ids of the requests of people that it carries out.
    """

    id: str
    key: str
    requested_at: datetime
    wave: datetime
    causes: tuple[CauseState, ...]
    targets: tuple[Target, ...]
    reason: str
    requested_by: str = SERVICE
    stage: RebuildStage = RebuildStage.REQUESTED
    asked: int = 0
    asked_at: datetime | None = None
    sending: bool = False
    resent: bool = False
    retry_at: datetime | None = None
    dispatched_at: datetime | None = None
    run_id: str | None = None
    url: str | None = None
    not_passed: tuple[str, ...] = ()
    completed_at: datetime | None = None
    conclusion: Conclusion | None = None
    error: str | None = None
    result: Digest | None = None
    evidence: Evidence | None = None
    settled: bool = False
    emergency: bool = False
    cve: str | None = None
    requests: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it is not finished yet."""
        return not self.settled

    @property
    def failed(self) -> bool:
        """Whether it ended without a new image."""
        return self.stage is RebuildStage.COMPLETED and self.conclusion is not Conclusion.SUCCESS


@dataclass(frozen=True, slots=True)
class Pending:
    """An open coordination window: since when, until when, and the causes so far."""

    opened_at: datetime
    until: datetime
    causes: tuple[CauseState, ...]


@dataclass(frozen=True, slots=True)
class UnconfirmedName:
    """A name behind `--from` that is no stage, and may be a build context in place of an image.

    Attributes:
        name: as the Dockerfile has it: one word.
        line: of the Dockerfile, counted from 1.
        file: the path of the Dockerfile; empty where there is only one.
        absent: no registry had the image when it was asked first. Then it is not watched, causes nothing and is not
            passed to a build, also if somebody publishes it later, until a person says what it is.
    """

    name: str
    line: int
    file: str = ""
    absent: bool = False

    @property
    def reference(self) -> ImageReference:
        """The image that the name would be, by tag."""
        return ImageReference.parse(self.name).tagged

    @property
    def question(self) -> str:
        """What a person has to say, a sentence."""
        place = f"{self.file} line {self.line}" if self.file else f"line {self.line}"
        return (
            f"{self.name} ({place}) is no stage, and no registry had it; is it a named build context? Then write "
            f"source.contexts: {{{self.name}: local}}; if it is an image, list it under baseImages"
        )


@dataclass(frozen=True, slots=True)
class ImageState:
    """A managed image: its enrollment and its history.

    Attributes:
        held: a person's hold; while it lasts, no automatic rebuild starts.
        skips: the digests of dependencies that people do not want for this image.
        asked: the rebuilds that people asked for and that have not started.
        archived_at: when it was archived, as far as that is known; None while it is tracked.
        verifications: which of its digests are signed as the images that are built from it need.
    """

    enrollment: Enrollment
    enrolled_at: datetime
    ledger: Ledger = field(default_factory=Ledger)
    discovery: DiscoveryStatus = DiscoveryStatus.PENDING
    last_discovery: datetime | None = None
    discovery_error: str | None = None
    dependencies: tuple[DependencyState, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    warnings: tuple[DockerfileWarning, ...] = ()
    unconfirmed: tuple[UnconfirmedName, ...] = ()
    rebuilds: tuple[RebuildState, ...] = ()
    pending: Pending | None = None
    last_built: datetime | None = None
    error: Failure | None = None
    held: Hold | None = None
    skips: tuple[Skip, ...] = ()
    asked: tuple[AskedRebuild, ...] = ()
    archived_at: datetime | None = None
    verifications: tuple[VerificationRecord, ...] = ()

    @property
    def name(self) -> str:
        """The unique name of the image."""
        return self.enrollment.name

    @property
    def active(self) -> RebuildState | None:
        """The rebuild that is in progress: only the newest one can be, because the next one waits for it."""
        return self.rebuilds[-1] if self.rebuilds and not self.rebuilds[-1].settled else None

    @property
    def last_rebuild(self) -> RebuildState | None:
        """The newest rebuild."""
        return self.rebuilds[-1] if self.rebuilds else None

    def hold(self, now: datetime) -> Hold | None:
        """The hold that lasts at that time."""
        return self.held if self.held and self.held.holds(now) else None

    def skip_of(self, digest: Digest) -> Skip | None:
        """The skip of a digest; None where the digest may be used."""
        return next((skip for skip in self.skips if skip.digest == digest), None)

    def open_requests(self, now: datetime) -> tuple[AskedRebuild, ...]:
        """The rebuilds that people asked for and that may still start."""
        return tuple(asked for asked in self.asked if asked.is_open(now))

    def knows_request(self, request_id: str) -> bool:
        """Whether the request of a person has become a rebuild, or waits to become one."""
        waiting = any(asked.id == request_id for asked in self.asked)
        return waiting or any(request_id in record.requests for record in self.rebuilds)

    def with_record(self, record: RebuildState) -> "ImageState":
        """The state with this record, which replaces the one with the same id or is added."""
        if any(known.id == record.id for known in self.rebuilds):
            return replace(self, rebuilds=tuple(record if known.id == record.id else known for known in self.rebuilds))
        return replace(self, rebuilds=(*self.rebuilds, record))

    def wave_of(self, seen: Observation) -> datetime | None:
        """The wave of the rebuild that made this digest; None where no rebuild of ours made it.

        A digest that was seen before the rebuild was requested was not made by it, also if the rebuild left it there.
        """
        made = (record for record in reversed(self.rebuilds) if record.result == seen.digest)
        return next((record.wave for record in made if record.requested_at <= seen.first_seen), None)


@dataclass(frozen=True, slots=True)
class BaseState:
    """A base image and the history of its tag.

    Attributes:
        enrollment: set for an external image that is enrolled.
        origin: the file whose entry it had, where it is no longer enrolled; other files need a rule to enroll it.
        archived_at: as that of a managed image.
        verifications: as those of a managed image.
    """

    name: str
    image: ImageReference
    first_discovered: datetime
    ledger: Ledger = field(default_factory=Ledger)
    error: Failure | None = None
    enrollment: Enrollment | None = None
    origin: str | None = None
    archived_at: datetime | None = None
    verifications: tuple[VerificationRecord, ...] = ()

    @property
    def home(self) -> str | None:
        """The file of its entry, also if that is gone; None for a base that was never enrolled."""
        return self.enrollment.file if self.enrollment else self.origin


def targets_built(
    dependencies: Iterable[DependencyState], targets: Iterable[Target], at: datetime, evidence: Mapping[str, Evidence]
) -> tuple[DependencyState, ...]:
    """The dependencies after a build on these targets: each has the digest that was passed to the build.

    `evidence` is what the new image shows, by dependency name; what is not there is only known to be passed. What a
    pinned dependency contributed is learned from the new image.
    """
    passed = {(target.name, target.image.tag): target.digest for target in targets}
    return tuple(
        replace(dependency, built_on=BuiltOn(digest, at), evidence=evidence.get(dependency.name, Evidence.PASSED))
        if (digest := passed.get((dependency.name, dependency.image.tag)))
        else replace(dependency, built_on=None, evidence=Evidence.ASSUMED)
        if dependency.pinned
        else dependency
        for dependency in dependencies
    )
