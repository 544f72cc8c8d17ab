"""Acts of callers, and commits of enrollments, as entries of a timeline. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from provider.domain.timeline.entries import EntryKind, TimelineEntry
from provider.operation_ports import AuditRecord
from provider.timeline_ports import EntryCommit

_ACTS = {
    "rebuild": EntryKind.REBUILD_REQUESTED,
    "emergency": EntryKind.EMERGENCY_REQUESTED,
    "rerun": EntryKind.RERUN,
    "hold": EntryKind.HELD,
    "release": EntryKind.RELEASED,
    "skip": EntryKind.SKIPPED,
    "unskip": EntryKind.UNSKIPPED,
    "check": EntryKind.CHECK_REQUESTED,
    "enroll-image": EntryKind.ENROLLED,
    "change-image": EntryKind.ENROLLMENT_CHANGED,
    "remove-image": EntryKind.ENROLLMENT_REMOVED,
}
"""The kinds of entries, by the action of the audit."""

ENROLLING = frozenset({EntryKind.ENROLLED, EntryKind.ENROLLMENT_CHANGED, EntryKind.ENROLLMENT_REMOVED})
# The state has the time of the request, the audit that of its end.
_SAME_ACT = timedelta(minutes=1)


def act_entries(records: Iterable[AuditRecord]) -> list[TimelineEntry]:
    """The acts that a timeline shows."""
    return [
        TimelineEntry(record.at, kind, record.name, by=record.caller, reason=record.reason, cve=record.cve)
        for record in records
        if (kind := _ACTS.get(record.action))
    ]


def commit_entries(commits: Iterable[EntryCommit]) -> list[TimelineEntry]:
    """The changes of an enrollment."""
    return [
        TimelineEntry(
            commit.at,
            _kind(commit),
            commit.image,
            by=commit.by,
            reason=f"{commit.subject} ({commit.file})",
            commit=commit.commit,
            changes=commit.changes,
        )
        for commit in commits
    ]


def merged(
    state: Sequence[TimelineEntry], acts: Sequence[TimelineEntry], commits: Sequence[TimelineEntry]
) -> list[TimelineEntry]:
    """What the state, the audit and git have, each act once.

    The state has more of a hold or a skip than the audit, such as the digest; git has more of an enrollment.
    """
    enrolled = {known.kind for known in (*acts, *commits)} & ENROLLING
    found = [*commits, *(entry for entry in state if entry.kind not in enrolled)]
    return [*found, *(act for act in acts if not any(_is_same(act, known) for known in found))]


def _kind(commit: EntryCommit) -> EntryKind:
    if commit.added:
        return EntryKind.ENROLLED
    return EntryKind.ENROLLMENT_REMOVED if commit.removed else EntryKind.ENROLLMENT_CHANGED


def _is_same(act: TimelineEntry, known: TimelineEntry) -> bool:
    return act.kind is known.kind and act.by == known.by and abs(act.at - known.at) < _SAME_ACT
