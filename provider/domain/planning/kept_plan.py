"""The plan over all images, kept from one decision to the next: only what is stale is decided again. Pure.

Stale is an image that has changed, or whose dependencies have, at either end of an edge; one whose time has come; and
each one to which a parent shows something else than before. The plan is the same as one from scratch.
"""

from collections.abc import Mapping
from datetime import datetime

from provider.containment import contained
from provider.domain.plan import BuildCaps, Plan, RunningPlan, plan
from provider.domain.planning.differences import Users, changed_names, changed_texts
from provider.domain.planning.topology import Topology, same_place
from provider.domain.planning.world import World
from provider.domain.snapshot import Snapshot


class KeptPlan:
    """Decides for one snapshot after the other, in any order. One thread at a time uses it."""

    def __init__(self) -> None:
        self._begin()

    def decide(self, now: datetime, snapshot: Snapshot, caps: BuildCaps) -> Plan:
        """The plan for all images of the snapshot; where nothing can have changed, the same object as before."""
        try:
            return self._decide(now, snapshot, caps)
        except BaseException:
            # What was changed in place may be incomplete.
            self._begin()
            raise

    def _begin(self) -> None:
        self._world: World | None = None
        self._caps = BuildCaps()
        self._now: datetime | None = None
        self._plan: Plan | None = None
        self._known = RunningPlan.for_readers()
        self._users = Users()

    def _decide(self, now: datetime, snapshot: Snapshot, caps: BuildCaps) -> Plan:
        if not self._continues(now, snapshot, caps):
            self._begin()
        before = self._world
        changed = changed_names(before.images if before else {}, snapshot.images)
        moved = changed_names(before.bases if before else {}, snapshot.bases)
        world, stale = self._next_world(before, snapshot, changed)
        self._users.note(changed, world.images)
        stale |= changed | self._users.of(changed | moved) | _children(world.topology, changed)
        if before:
            stale |= changed_texts(before.errors, world.errors) | changed_texts(self._caps.errors, caps.errors)
        if self._known.moments is not None:
            stale |= self._known.moments.take(now)
        for name in changed - world.images.keys():
            self._known.forget(name)
        self._world, self._caps, self._now = world, caps, now
        stale &= world.images.keys()
        if self._plan is None or stale or changed or self._known.ready:
            self._plan = plan(now, world, caps, self._known, stale)
        return self._plan

    def _continues(self, now: datetime, snapshot: Snapshot, caps: BuildCaps) -> bool:
        """Whether what applies to all images is as before, and the clock was not set back."""
        world = self._world
        if world is None or self._now is None or now < self._now:
            return False
        rules = world.topology.policy == snapshot.policy and world.files == snapshot.files
        return rules and (self._caps.window, self._caps.stopped) == (caps.window, caps.stopped)

    def _next_world(self, before: World | None, snapshot: Snapshot, changed: set[str]) -> tuple[World, set[str]]:
        """The world of the snapshot, and the images whose place in the topology is another one."""
        if before and not any(contained(name, _moves, name, before, snapshot) for name in changed):
            return before.followed_by(snapshot, before.topology), set()
        topology = Topology.of(snapshot.images, snapshot.policy)
        if before is None:
            return World.of(snapshot, topology), set()
        return before.followed_by(snapshot, topology), before.topology.differences(topology)


def _moves(name: str, before: World, snapshot: Snapshot) -> bool:
    """Whether an image is new or gone, or can have other edges than before."""
    was, now = before.images.get(name), snapshot.images.get(name)
    return was is None or now is None or not same_place(was, now)


def _children(topology: Topology, names: set[str]) -> set[str]:
    """The images for which these make a base; they may depend on another tag."""
    children: Mapping[str, tuple[str, ...]] = topology.children
    return {child for name in names for child in children.get(name, ())}
