"""Signs and words of the entries of a timeline. Pure."""

from provider.domain.state import SERVICE
from provider.domain.timeline.entries import EntryKind, TimelineEntry
from provider.pages.image.labels import Sign, conclusion_sign

_SIGNS = {
    EntryKind.BASE_CHANGED: Sign("◉", "Base changed", "calm"),
    EntryKind.DIGEST_CHANGED: Sign("◆", "New image", "good"),
    EntryKind.REBUILD_REQUESTED: Sign("▶", "Rebuild requested", "busy"),
    EntryKind.EMERGENCY_REQUESTED: Sign("▶", "Emergency requested", "busy"),
    EntryKind.RERUN: Sign("↻", "Re-run requested", "busy"),
    EntryKind.HELD: Sign("‖", "Held", "wait"),
    EntryKind.RELEASED: Sign("▷", "Released", "calm"),
    EntryKind.SKIPPED: Sign("»", "Digest skipped", "wait"),
    EntryKind.UNSKIPPED: Sign("«", "Digest used again", "calm"),
    EntryKind.CHECK_REQUESTED: Sign("⟳", "Check requested", "calm"),
    EntryKind.ENROLLED: Sign("+", "Enrolled", "calm"),
    EntryKind.ENROLLMENT_CHANGED: Sign("✎", "Enrollment changed", "calm"),
    EntryKind.ENROLLMENT_REMOVED: Sign("⊖", "Enrollment removed", "calm"),
}
_RUNNING = Sign("↻", "Rebuilding", "busy")
_FIRST = Sign("◇", "First digest", "calm")


def entry_sign(entry: TimelineEntry) -> Sign:
    """The sign of an entry; that of a rebuild says how it ended."""
    if entry.kind is EntryKind.REBUILD:
        if entry.conclusion is None:
            return _RUNNING
        ended = conclusion_sign(entry.conclusion)
        return Sign(ended.icon, f"Rebuild: {ended.word.lower()}", ended.tone)
    if entry.digest is not None and entry.previous_digest is None and entry.kind is not EntryKind.SKIPPED:
        return _FIRST
    return _SIGNS[entry.kind]


def by_whom(entry: TimelineEntry) -> str:
    """Who did it; empty where nobody did."""
    if entry.by is None:
        return ""
    return "the service" if entry.by == SERVICE else entry.by
