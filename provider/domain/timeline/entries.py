"""The entries of an image's timeline, made from its histories, its state, and the acts of people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.image import (
    CauseDocument,
    Conclusion,
    HoldDocument,
    Image,
    RebuildDocument,
    SkipDocument,
    UpdateDocument,
    VerificationDocument,
)
from catalog.reference import Digest

_POLL = "poll"


class EntryKind(StrEnum):
    """What happened.

    `base-changed`: the tag of an image that it depends on has another digest. `digest-changed`: its own tag has.
    `rebuild`: it was rebuilt. The others are acts of people, or changes of its enrollment.
    """

    BASE_CHANGED = "base-changed"
    DIGEST_CHANGED = "digest-changed"
    REBUILD = "rebuild"
    REBUILD_REQUESTED = "rebuild-requested"
    EMERGENCY_REQUESTED = "emergency-requested"
    RERUN = "rerun"
    HELD = "held"
    RELEASED = "released"
    SKIPPED = "skipped"
    UNSKIPPED = "unskipped"
    CHECK_REQUESTED = "check-requested"
    ENROLLED = "enrolled"
    ENROLLMENT_CHANGED = "enrollment-changed"
    ENROLLMENT_REMOVED = "enrollment-removed"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry.

    Attributes:
        at: when it happened, or was first seen.
        name: the image that it is about: the image itself, or one that it depends on.
        by: who did it; None where nobody is known. The service itself is `image-factory`.
        reason: why, or details; empty where none were given.
        digest: the new digest, or the skipped one.
        previous_digest: the digest before it; None also for the first digest that was ever seen.
        conclusion: how a rebuild ended; None while it has not.
        completed_at: when it ended.
        error: what went wrong in it.
        url: the workflow run.
        commit: the commit of a change of the enrollment.
        changes: the lines of the entry that a commit removed and added, such as `- rebuildDelay: 7d`.
        until: when a hold ends by itself.
        verifications: whether the new digest is signed, by each rule of an image that is built from it.
    """

    at: datetime
    kind: EntryKind
    name: str
    by: str | None = None
    reason: str = ""
    digest: Digest | None = None
    previous_digest: Digest | None = None
    repoint: bool = False
    emergency: bool = False
    cve: str | None = None
    conclusion: Conclusion | None = None
    completed_at: datetime | None = None
    error: str | None = None
    url: str | None = None
    causes: tuple[CauseDocument, ...] = ()
    commit: str | None = None
    changes: tuple[str, ...] = ()
    until: datetime | None = None
    verifications: tuple[VerificationDocument, ...] = ()


def update_entry(image: str, name: str, update: UpdateDocument) -> TimelineEntry:
    """A digest of the image, or of one that it depends on."""
    return TimelineEntry(
        update.first_seen,
        EntryKind.DIGEST_CHANGED if name == image else EntryKind.BASE_CHANGED,
        name,
        digest=update.digest,
        previous_digest=update.previous_digest,
        repoint=update.repoint,
        reason="" if update.seen_by == _POLL else f"detected by {update.seen_by}",
        verifications=update.verifications,
    )


def rebuild_entry(image: str, rebuild: RebuildDocument) -> TimelineEntry:
    """A rebuild, at the time of its request."""
    return TimelineEntry(
        rebuild.requested_at,
        EntryKind.REBUILD,
        image,
        by=rebuild.requested_by,
        reason=rebuild.reason,
        emergency=rebuild.emergency,
        cve=rebuild.cve,
        conclusion=rebuild.conclusion,
        completed_at=rebuild.completed_at,
        error=rebuild.error,
        url=rebuild.url,
        causes=rebuild.causes,
    )


def state_entries(image: Image) -> list[TimelineEntry]:
    """The hold and the skipped digests that the state has, and the enrollment."""
    found = [_skip(image.name, skip) for skip in image.skips]
    if image.hold and image.hold.since:
        found.append(_hold(image.name, image.hold, image.hold.since))
    if image.enrolled_at:
        found.append(TimelineEntry(image.enrolled_at, EntryKind.ENROLLED, image.name))
    return found


def _hold(name: str, hold: HoldDocument, since: datetime) -> TimelineEntry:
    return TimelineEntry(since, EntryKind.HELD, name, by=hold.by, reason=hold.reason, until=hold.until)


def _skip(name: str, skip: SkipDocument) -> TimelineEntry:
    return TimelineEntry(skip.at, EntryKind.SKIPPED, name, by=skip.by, reason=skip.reason, digest=skip.digest)
