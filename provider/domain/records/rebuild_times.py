"""How long rebuilds took after a base image changed. Pure.

Only a rebuild that succeeded and that has a cause counts. Three times of it matter:

- moved: when the new digest of its newest cause was first seen.
- allowed: from when on the service could rebuild. For a rebuild that the service decided, when the delay of its newest
  cause was over; for one that a person asked for, when that request was taken, because it is the person who chose the
  time. Never before moved.
- completed: when the build ended.

`took` is from moved to completed. `beyond` is from allowed to completed: what grouping, the queue, parents and the
build added to the delay. So beyond is never longer than took, and the difference is the delay, or the time until a
person asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.image import Conclusion, RebuildDocument
from provider.domain.state import SERVICE

_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class RebuildTimes:
    """The times of one rebuild."""

    took: timedelta
    beyond: timedelta


def moved_at(rebuild: RebuildDocument) -> datetime | None:
    """When the new digest of its newest cause was first seen; None without a cause."""
    return max((cause.first_seen for cause in rebuild.causes), default=None)


def times_of(rebuild: RebuildDocument) -> RebuildTimes | None:
    """The times of a rebuild that succeeded and has a cause; None for any other."""
    moved, completed = moved_at(rebuild), rebuild.completed_at
    if rebuild.conclusion is not Conclusion.SUCCESS or moved is None or completed is None:
        return None
    # Times of two machines: a build can end before our clock says that its cause was seen.
    took = max(completed - moved, _NONE)
    return RebuildTimes(took, min(max(completed - _allowed_at(rebuild, moved), _NONE), took))


def _allowed_at(rebuild: RebuildDocument, moved: datetime) -> datetime:
    if rebuild.requested_by != SERVICE:
        return rebuild.requested_at
    return max((cause.eligible_at for cause in rebuild.causes if cause.eligible_at), default=moved)
