"""The read model, kept from one decision to the next: made again only for images that can show something else. Pure."""

from collections.abc import Mapping
from datetime import datetime

from catalog.image import Image
from provider.domain.plan import NO_PLAN, Plan
from provider.domain.planning.differences import Users, changed_names
from provider.domain.read_model import read_model
from provider.domain.snapshot import Snapshot

_NO_SNAPSHOT = Snapshot("", {}, {}, {})


class KeptReadModel:
    """Every tracked image as readers see it. One thread at a time uses it.

    Attributes:
        images: by name; it is changed in place.
    """

    def __init__(self, default_owner: str) -> None:
        self.images: dict[str, Image] = {}
        self._default_owner = default_owner
        self._snapshot, self._planned, self._users = _NO_SNAPSHOT, NO_PLAN, Users()

    def follow(self, now: datetime, snapshot: Snapshot, planned: Plan) -> set[str]:
        """Show this snapshot with its plan.

        Returns:
            The names of the images that may be shown differently now, or not any more.
        """
        before, statuses = self._snapshot, self._planned.statuses
        images = changed_names(before.images, snapshot.images)
        changed = images | changed_names(before.bases, snapshot.bases) | changed_names(statuses, planned.statuses)
        self._users.note(images, snapshot.images)
        stale = changed | self._users.of(changed) | _noted(before, snapshot)
        if (before.policy, before.files) != (snapshot.policy, snapshot.files):
            stale |= snapshot.images.keys() | snapshot.bases.keys()
        # An error from here on leaves the snapshot as it was, so that all of this is stale at the next call too.
        found = read_model(now, snapshot, planned, self._default_owner, stale, self.images) if stale else []
        self.images |= {image.name: image for image in found}
        for name in stale - {image.name for image in found}:
            self.images.pop(name, None)
        self._snapshot, self._planned = snapshot, planned
        return stale


def _noted(before: Snapshot, after: Snapshot) -> set[str]:
    """The names of images that have other problems than before."""
    if before.problems == after.problems:
        return set()
    were, are = _problems(before), _problems(after)
    return {name for name in were.keys() | are.keys() if were.get(name) != are.get(name)}


def _problems(snapshot: Snapshot) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, problem in snapshot.problems:
        found.setdefault(name, []).append(problem)
    return found
