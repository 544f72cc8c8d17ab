"""Asks build systems for the runs of rebuilds in progress, so that no round and no dispatch waits for a slow one."""

import math
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from provider.containment import contained
from provider.domain.build_request import Run, RunGroup, StartedBuild
from provider.domain.policy.rules import Policy
from provider.domain.rebuild_record import request_of
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildStage
from provider.domain.times.check_times import is_resting
from provider.errors import InternalError
from provider.ports import BuildSystem
from provider.services.run_watching.pace import AFTER_HEARD, pause
from proxy.at_once import AtOnce
from proxy.deadline import Deadline
from proxy.errors import OutsideFailure
from proxy.urgency import patient

_AT_ONCE = 8
# How long a round waits for answers; those that come later are for the next one.
_MOMENT_SECONDS = 2.0
# A webhook is sent within seconds. If a request finds an end that is older than this, no webhook came for it.
_LATE = timedelta(minutes=2)
_Outcome = Run | OutsideFailure | InternalError | None


@dataclass(frozen=True, slots=True)
class SeenRun:
    """What the build system last said about a run.

    Attributes:
        asked_at: when it was asked.
        outcome: the run; None: the build system has no such run.
    """

    asked_at: datetime
    outcome: _Outcome


@dataclass(slots=True)
class _Asking:
    """The requests for one group: when the last one was begun, and whether one is running or has to follow it."""

    begun_at: datetime | None = None
    running: bool = False
    following: Callable[[], None] | None = None


@dataclass(slots=True)
class RunWatch:
    """Keeps the last answer about each run in progress. Safe to use from many threads.

    Builds that a build system can list together are asked for together. One request for each of these groups runs at a
    time, in a thread that may outlast a round.

    Attributes:
        builds: are asked.
        heard: when a webhook last reported a run of a group, by its name; None: never.
        longest: the longest time that is set between two requests.
    """

    builds: BuildSystem
    heard: Callable[[str], datetime | None]
    longest: timedelta = AFTER_HEARD
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _groups: dict[str, _Asking] = field(default_factory=dict)
    _seen: dict[str, SeenRun] = field(default_factory=dict)
    _missed_at: dict[str, datetime] = field(default_factory=dict)
    _tasks: AtOnce = field(default_factory=lambda: AtOnce(_AT_ONCE, Deadline.after(math.inf)))

    def ask(self, now: datetime, snapshot: Snapshot, reported: Collection[str] | None = None) -> None:
        """Ask for the runs whose turn it is, and wait a moment for the answers; those that come later are kept too.

        Args:
            now: the time.
            snapshot: has all rebuilds in progress; what was said about others is forgotten.
            reported: the images about which something was reported just now: only their groups are asked for, and those
                at once. None: all groups, each at its own pace.
        """
        groups: dict[RunGroup, list[StartedBuild]] = {}
        for build in _started_builds(snapshot):
            groups.setdefault(self.builds.group(build.request), []).append(build)
        self._forget(groups)
        sharing = Counter(group.budget for group in groups)
        asked = []
        for group, members in groups.items():
            if reported is None:
                due = self._is_due(now, group, members, sharing[group.budget])
            else:
                due = any(member.request.image in reported for member in members)
            if due and self._begin(now, group, members, again=reported is not None):
                asked.append(group.name)
        with self._changed:
            self._changed.wait_for(lambda: not any(self._is_running(name) for name in asked), _MOMENT_SECONDS)

    def seen(self, rebuild_id: str) -> SeenRun | None:
        """The last answer about the run of a rebuild; None: there is none yet."""
        with self._changed:
            return self._seen.get(rebuild_id)

    def _forget(self, groups: Mapping[RunGroup, Sequence[StartedBuild]]) -> None:
        names = {group.name for group in groups}
        known = {build.request.rebuild_id for members in groups.values() for build in members}
        with self._changed:
            self._groups = {name: one for name, one in self._groups.items() if name in names or one.running}
            self._seen = {name: seen for name, seen in self._seen.items() if name in known}

    def _is_due(self, now: datetime, group: RunGroup, members: Sequence[StartedBuild], sharing: int) -> bool:
        if group.hourly is None:
            return True
        with self._changed:
            asking = self._groups.get(group.name)
        since = max(build.since for build in members)
        begun_at = asking.begun_at if asking else None
        last = begun_at or min(build.since for build in members)
        paused = partial(pause, now - since, sharing, group.hourly, longest=self.longest)
        if timedelta() <= now - last < paused(heard=False):
            return False
        # Every build is asked for once: what was reported before its dispatch was recorded has told nothing.
        heard = begun_at is not None and begun_at > since and self._is_reported(now, group.name)
        return not timedelta() <= now - last < paused(heard=heard)

    def _is_reported(self, now: datetime, name: str) -> bool:
        """Whether webhooks report the runs of a group: one came lately, and after the last end that none reported."""
        heard, missed = self.heard(name), self._missed_at.get(name)
        return heard is not None and is_resting(now, heard) and (missed is None or heard > missed)

    def _begin(self, now: datetime, group: RunGroup, members: Sequence[StartedBuild], *, again: bool) -> bool:
        """Begin to ask for a group; where it is being asked for already, once more after that if `again`.

        Returns:
            Whether it was begun now.
        """
        task = partial(self._ask, now, group, members, can_wait=not again)
        with self._changed:
            asking = self._groups.setdefault(group.name, _Asking())
            if asking.running:
                asking.following = task if again else asking.following
                return False
            asking.running, asking.begun_at = True, now
        self._tasks.put(task)
        return True

    def _is_running(self, name: str) -> bool:
        return name in self._groups and self._groups[name].running

    def _ask(self, now: datetime, group: RunGroup, members: Sequence[StartedBuild], *, can_wait: bool) -> None:
        """Ask for one group and note the answers; called in a thread of its own."""
        with patient() if can_wait else nullcontext():
            found = self._outcomes(members)
        following = None
        with self._changed:
            asking = self._groups[group.name]
            self._seen |= {name: SeenRun(now, outcome) for name, outcome in found.items()}
            if any(_is_late(now, outcome) for outcome in found.values()):
                self._missed_at[group.name] = now
            following, asking.following = asking.following, None
            asking.running = following is not None
            self._changed.notify_all()
        if following:
            self._tasks.put(following)

    def _outcomes(self, members: Sequence[StartedBuild]) -> Mapping[str, _Outcome]:
        """The answer for each rebuild. An unexpected error of several is looked for one by one."""
        answer = contained(members[0].request.image, self._runs, members)
        if not isinstance(answer, InternalError):
            return answer
        if len(members) == 1:
            return {members[0].request.rebuild_id: answer}
        return {name: each for member in members for name, each in self._outcomes([member]).items()}

    def _runs(self, members: Sequence[StartedBuild]) -> Mapping[str, _Outcome]:
        try:
            return self.builds.runs(members)
        except OutsideFailure as error:
            return dict.fromkeys((member.request.rebuild_id for member in members), error)


def _started_builds(snapshot: Snapshot) -> list[StartedBuild]:
    """The builds of all rebuilds in progress that a build system has accepted."""
    found = (
        contained(name, _started, snapshot.policy, image) for name, image in snapshot.images.items() if image.active
    )
    return [build for build in found if isinstance(build, StartedBuild)]


def _started(policy: Policy, image: ImageState) -> StartedBuild | None:
    record = image.active
    if record is None or record.stage is not RebuildStage.DISPATCHED:
        return None
    request = request_of(policy, image.enrollment, record)
    return StartedBuild(request, record.run_id, record.dispatched_at or record.requested_at) if request else None


def _is_late(now: datetime, outcome: _Outcome) -> bool:
    return isinstance(outcome, Run) and outcome.completed_at is not None and now - outcome.completed_at > _LATE
