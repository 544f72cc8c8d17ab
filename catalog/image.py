"""What is known of an image, as every reader sees it: the API, the pages and Backstage.

A class `...Document` shows what a `...State` in `provider/domain/state.py` holds, without what only decisions need.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.reference import Digest, ImageReference


class Role(StrEnum):
    """Managed images are built by the service; base images are only watched."""

    MANAGED = "managed"
    BASE = "base"


class Status(StrEnum):
    """The status of an image. If several apply, the first one in this list counts."""

    ERROR = "error"
    REBUILDING = "rebuilding"
    FAILED = "failed"
    DUE = "due"
    HELD = "held"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    UNVERIFIED = "unverified"
    UP_TO_DATE = "up-to-date"
    WATCHED = "watched"


CRITICALITIES = ("high", "normal", "low")
"""How critical an image can be, the most critical first."""


class DependencyRole(StrEnum):
    """What a dependency is to the image.

    `final`: the target stage is built from it. `stage`: another stage that the target needs is built from it.
    `unused`: only stages that the target does not need use it, so the build never pulls it. `syntax`: it reads the
    Dockerfile. Only `final` and `stage` can cause a rebuild.
    """

    FINAL = "final"
    STAGE = "stage"
    UNUSED = "unused"
    SYNTAX = "syntax"


class Evidence(StrEnum):
    """How it is known from which digest of a dependency an image was built.

    `passed`: our rebuild passed the digest to the build. `verified`: the image that our rebuild made contains it.
    `mismatch`: the image that our rebuild made contains another one. `label`: a label of the image names it. `layers`:
    the lowest layers of the image are those of the digest. `assumed`: nothing shows it.
    """

    PASSED = "passed"
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    LABEL = "label"
    LAYERS = "layers"
    ASSUMED = "assumed"


class VerificationOutcome(StrEnum):
    """Whether a digest has a signature that a rule needs; `unknown`: that could not be checked yet."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNKNOWN = "unknown"


class DiscoveryStatus(StrEnum):
    """The result of the last discovery in the Dockerfile."""

    PENDING = "pending"
    SUCCESS = "success"
    NONE = "none"
    FAILED = "failed"


class Conclusion(StrEnum):
    """How a build ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class VerificationDocument:
    """Whether a digest is signed as a rule needs it.

    Attributes:
        digest: the digest.
        outcome: of the check.
        checked_at: when this was first found; None while the digest was not checked.
        by: the key or identity that signed it; None where it is not verified.
        reason: why it is not verified; None where it is.
    """

    digest: Digest
    outcome: VerificationOutcome
    checked_at: datetime | None
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DependencyDocument:
    """A dependency of a managed image.

    Attributes:
        name: the name of the image that it depends on.
        reference: the text after expansion of build arguments.
        role: what the build needs it for.
        kinds: the instructions that name it.
        platforms: `os/architecture[/variant]` for which the build pulls it; empty: any.
        built_on: the digest that the image was built from; None where it is not known.
        evidence: how `built_on` is known; None without `built_on`.
        built_on_since: when `built_on` became known; None without it.
        newest: the digest that the tag points to now, aged or not; None before the first check, and without a tag.
        status: the status of the image that it depends on; None where that is not tracked.
        ages: whether its new digests wait for the rebuild delay; not where the organisation builds it itself, or where
            the image trusts the rebuilds that make it.
        verification: of the newest digest; None where it needs no signature.
        written: the reference as in the Dockerfile, before expansion; empty where it is not known.
        newest_since: when `newest` was first seen.
        line: the line of the Dockerfile that names it, when that was read last; None: no Dockerfile does.
        file: the path of that Dockerfile in the source repository; empty where it is not known.
    """

    name: str
    reference: str
    role: DependencyRole
    kinds: tuple[str, ...]
    platforms: tuple[str, ...] = ()
    built_on: Digest | None = None
    evidence: Evidence | None = None
    newest: Digest | None = None
    status: Status | None = None
    ages: bool = True
    verification: VerificationDocument | None = None
    written: str = ""
    built_on_since: datetime | None = None
    newest_since: datetime | None = None
    line: int | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class DependentDocument:
    """A managed image that depends directly on an image, and its status."""

    name: str
    status: Status


@dataclass(frozen=True, slots=True)
class OriginDocument:
    """A digest that an image has or had, and the digests of its dependencies that this digest was built from."""

    digest: Digest
    built_from: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class UnresolvedDocument:
    """A build argument without a value; `line` is the line that uses it, `hint` what a person can do.

    `file` is the path of the Dockerfile; empty where there is only one.
    """

    name: str
    line: int
    hint: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class WarningDocument:
    """A line of a Dockerfile that is not understood; the images of other lines are found. `file` as above."""

    line: int
    message: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class DiscoveryDocument:
    """The last discovery in the Dockerfile.

    Attributes:
        status: its result.
        error: why the Dockerfile could not be read.
        unresolved_variables: the variables without a value that references need.
        warnings: the lines that are not understood.
    """

    status: DiscoveryStatus
    error: str | None = None
    unresolved_variables: tuple[UnresolvedDocument, ...] = ()
    warnings: tuple[WarningDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, in a sentence for a person; `at` is when it began."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class CauseDocument:
    """The cause of a rebuild: a base image with its previous and new digest.

    `signed_by`: who signed the new one. `eligible_at`: when its delay was over; in an emergency there was none.
    """

    name: str
    reference: str
    digest: Digest
    previous_digest: Digest | None
    first_seen: datetime
    signed_by: str | None = None
    eligible_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RebuildDocument:
    """One rebuild: the request, and the result of the build system.

    `status` is requested, dispatched, running or completed.
    """

    id: str
    requested_at: datetime
    dispatched_at: datetime | None
    completed_at: datetime | None
    status: str
    conclusion: Conclusion | None
    url: str | None
    requested_by: str
    emergency: bool
    reason: str
    causes: tuple[CauseDocument, ...]
    freshness: str
    error: str | None = None
    cve: str | None = None


@dataclass(frozen=True, slots=True)
class HoldDocument:
    """A hold on automatic rebuilds; without `until`, somebody has to release it."""

    reason: str
    by: str | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SkipDocument:
    """A digest of a dependency that is not used for the image."""

    digest: Digest
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskedDocument:
    """A rebuild that a person asked for and that has not started; it is dropped at `until`."""

    reason: str
    requested_by: str
    at: datetime
    emergency: bool
    cve: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class UpdateDocument:
    """One entry of a digest history; the first entry is the baseline.

    `verifications`: whether the digest is signed, by each rule of an image that is built from it.
    """

    digest: Digest
    previous_digest: Digest | None
    first_seen: datetime
    last_seen: datetime | None
    seen_by: str
    repoint: bool
    platforms: tuple[str, ...]
    verifications: tuple[VerificationDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """An image that is tracked. Times are aware and in UTC; `owner` is an entity reference.

    Attributes:
        name: the name of the entity, assigned once.
        behind_since: since when a newer digest of something that the image is built from is known, and the image is not
            built on it. None: no newer digest is known; only the status `up-to-date` proves that there is none.
        digest_since: when the current digest was first seen, also if it never changed; None if no digest is known.
        last_updated: when the digest last changed; None if it never did.
        enrollment: the entry as images.yaml has it; None for a base image that was discovered.
        owner_acts: whether the owner may rebuild the image and re-run its workflow.
        by_hand: why changes of its dependencies do not rebuild it without a person; None: they do.
        by_hand_until: when that ends by itself, such as a hold; None: a person has to do something.
        no_build: why it cannot be rebuilt at all, also if a person asks for it; None: it can.
        shows_runs: whether callers may read the workflow runs of its source repository.
        notes: further remarks for a person, a sentence each (the tag of a pinned base changed, a fixed tag moved).
        hold: the hold that lasts now.
        skips: digests of its dependencies that are not used for it.
        asked: rebuilds that people asked for and that have not started.
        entry_file: the file of enrollments that has its entry; None for a base image that was discovered.
        origins: what its digests were built from, as far as known: the current digest and those before.
    """

    name: str
    role: Role
    registry: str
    repository: str
    tag: str
    status: Status
    reason: str
    owner: str
    digest: Digest | None = None
    digest_since: datetime | None = None
    previous_digest: Digest | None = None
    next_eligible_at: datetime | None = None
    behind_since: datetime | None = None
    last_updated: datetime | None = None
    last_built: datetime | None = None
    enrolled_at: datetime | None = None
    first_discovered: datetime | None = None
    discovery: DiscoveryDocument | None = None
    dependencies: tuple[DependencyDocument, ...] = ()
    enrollment: Mapping[str, object] | None = None
    last_rebuild: RebuildDocument | None = None
    last_error: Failure | None = None
    title: str | None = None
    description: str | None = None
    system: str | None = None
    lifecycle: str | None = None
    owner_acts: bool = True
    by_hand: str | None = None
    by_hand_until: datetime | None = None
    no_build: str | None = None
    shows_runs: bool = True
    notes: tuple[str, ...] = ()
    hold: HoldDocument | None = None
    skips: tuple[SkipDocument, ...] = ()
    asked: tuple[AskedDocument, ...] = ()
    entry_file: str | None = None
    updates: tuple[UpdateDocument, ...] = ()
    rebuilds: tuple[RebuildDocument, ...] = ()
    origins: tuple[OriginDocument, ...] = ()

    @property
    def reference(self) -> ImageReference:
        """The reference of the image by tag."""
        return ImageReference(self.registry, self.repository, self.tag)

    @property
    def criticality(self) -> str | None:
        """One of `CRITICALITIES`: `normal` where the entry does not say; None for an image that is not enrolled."""
        if self.enrollment is None:
            return None
        written = self.enrollment.get("criticality")
        return written if isinstance(written, str) and written in CRITICALITIES else "normal"

    @property
    def acting_owner(self) -> str | None:
        """The owner whose members may act on the image; None: roles and admins alone may."""
        return self.owner if self.owner_acts else None

    @property
    def entity_ref(self) -> str:
        """The entity reference in Backstage."""
        return f"resource:default/{self.name}"
