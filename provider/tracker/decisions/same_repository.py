"""Whether another address is that of the same repository. Pure."""

from collections.abc import Sequence

from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.repository import Tracked

_SHARE = 5
"""At most a fifth of the known releases may be missing there."""


def is_same_repository(before: Tracked, known: Sequence[Release], found: Found) -> bool:
    """Whether an address that was read has the repository that is tracked, so that what is new there is news.

    Args:
        before: the tracked repository, with its old address.
        known: its stored releases.
        found: what was read at the other address.

    Returns:
        True if GitHub's ids are equal, or if the known releases are found again: with the same hashes where both are
        known, and at most a fifth of them missing.
    """
    if found.number is not None and before.address.number is not None:
        return found.number == before.address.number
    there = {release.version: release.hash for release in found.releases}
    kept = [release for release in known if not (release.by_hand or release.withdrawn or release.draft)]
    again = [release for release in kept if release.version in there]
    if any(release.hash and there[release.version] not in {None, release.hash} for release in again):
        return False
    return bool(again) and (len(kept) - len(again)) * _SHARE <= len(kept)
