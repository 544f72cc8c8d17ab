"""Brings the state in line with the enrollments where what that depends on has changed since the last time. Pure."""

from collections.abc import Mapping
from datetime import datetime

from provider.containment import contained
from provider.domain.lifecycle import settle
from provider.domain.planning.differences import changed_names
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, ImageState


class KeptSettling:
    """Remembers a snapshot that needed no change. One thread at a time uses it."""

    def __init__(self) -> None:
        self._settled: Snapshot | None = None
        self._errors: Mapping[str, str] = {}

    def settle(self, now: datetime, snapshot: Snapshot) -> Changes:
        """The changes of `settle`; new digests, rebuilds and requests of people need none."""
        if self._settled is not None and not _differ(self._settled, snapshot):
            self._settled = snapshot
            return Changes(errors=dict(self._errors))
        changes = settle(now, snapshot)
        self._settled, self._errors = None if changes else snapshot, changes.errors
        return changes


def _differ(before: Snapshot, after: Snapshot) -> bool:
    """Whether the later snapshot may need other changes than the earlier one."""
    if before is after:
        return False
    if _unread(before) != _unread(after) or before.enrollments != after.enrollments:
        return True
    if changed_names(before.archived_images, after.archived_images):
        return True
    if changed_names(before.archived_bases, after.archived_bases):
        return True
    images, bases = changed_names(before.images, after.images), changed_names(before.bases, after.bases)
    return any(
        contained(name, _image_differs, before.images.get(name), after.images.get(name)) for name in images
    ) or any(contained(name, _base_differs, before.bases.get(name), after.bases.get(name)) for name in bases)


def _unread(snapshot: Snapshot) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return snapshot.unreadable, snapshot.unreadable_archive, snapshot.unclaimed


def _image_differs(before: ImageState | None, after: ImageState | None) -> bool:
    if before is None or after is None or before.enrollment != after.enrollment:
        return True
    named = ([(edge.name, edge.image) for edge in state.dependencies] for state in (before, after))
    return next(named) != next(named)


def _base_differs(before: BaseState | None, after: BaseState | None) -> bool:
    """Of two bases with one reference, the first observation decides which one stays."""
    if before is None or after is None:
        return True
    return _base_values(before) != _base_values(after)


def _base_values(base: BaseState) -> tuple[object, ...]:
    first_seen = [seen.first_seen for seen in base.ledger.observations[:1]]
    return base.name, base.image, base.enrollment, base.home, base.first_discovered, first_seen
