"""Answer a question: run what was recorded and each policy over the same histories. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider.domain.edges.view import NO_DELAY
from provider.domain.plan import BuildCaps
from provider.domain.simulation.build_times import BuildTimes
from provider.domain.simulation.completeness import complete_since
from provider.domain.simulation.event_queue import Tick
from provider.domain.simulation.fates import Fates
from provider.domain.simulation.figures import PolicyFigures, Simulated
from provider.domain.simulation.histories import Histories
from provider.domain.simulation.meter import Meter
from provider.domain.simulation.notes import notes_of
from provider.domain.simulation.policies import RECORDED, TriedPolicy, WhatIf, policies_of
from provider.domain.simulation.recorded import RecordedRun
from provider.domain.simulation.replay import Replay
from provider.domain.simulation.scene import Scene
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState

_SETTLING = timedelta(days=1)
"""The run-up is so much longer than the longest delay: builds wait for each other."""
Ticks = Callable[[str, datetime, datetime], Tick]
"""Takes what is run, and its start and end; returns what is called with the time of each step."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is set now.

    Attributes:
        caps: the coordination window and the limits of builds.
        default_owner: of the images whose entries name none.
        kept: how long rebuilds are kept after their end; None: for ever.
    """

    caps: BuildCaps
    default_owner: str
    kept: timedelta | None = None


def simulate(
    now: datetime, snapshot: Snapshot, asked: WhatIf, rules: Rules, ticks: Ticks, done: dict[str, PolicyFigures]
) -> Simulated:
    """The figures of what was recorded, of the present policy and of each policy of the question.

    Args:
        now: the end of the period.
        snapshot: all enrollments and state, with the histories.
        asked: the question.
        rules: what is set now.
        ticks: shows progress, or ends the work with an exception.
        done: the figures that are known, by the label of their policy; new ones are added as soon as they are there, so
            that the same question at the same time goes on where it was ended.
    """
    policies = policies_of(asked, rules.caps)
    counted = frozenset(
        name for name, image in snapshot.images.items() if _is_counted(image, asked, rules.default_owner)
    )
    known = _known_since(now, snapshot, rules.kept)
    since = min(now, max(now - asked.period, known))
    start = min(since, max(since - _run_up(snapshot, policies), known))
    histories = Histories.of(snapshot, start, now)
    times = BuildTimes.of(snapshot.images.values())
    fates = Fates.of_snapshot(snapshot)
    for policy in (None, *policies):
        label = policy.label if policy else RECORDED
        if label not in done:
            scene = Scene.of(histories)
            meter = Meter(scene, fates, counted, since)
            one = Replay(histories, policy, times, scene, meter) if policy else RecordedRun(histories, scene, meter)
            one.run(ticks(label, start, now))
            done[label] = meter.figures(label, policy, now)
    columns = (done[RECORDED], *(done[policy.label] for policy in policies))
    notes = notes_of(now - asked.period, since, histories, counted, times)
    return Simulated(asked, since, now, len(counted), columns, tuple(notes))


def _is_counted(image: ImageState, asked: WhatIf, default_owner: str) -> bool:
    owner = image.enrollment.owner or default_owner
    return asked.owner is None or asked.owner.casefold() == owner.casefold()


def _known_since(now: datetime, snapshot: Snapshot, kept: timedelta | None) -> datetime:
    """From when the histories say what happened: since the first image was enrolled, without what was removed."""
    known = [min((image.enrolled_at for image in snapshot.images.values()), default=now)]
    known += [complete] if (complete := complete_since(snapshot)) else []
    known += [now - kept] if kept is not None else []
    return max(known)


def _run_up(snapshot: Snapshot, policies: tuple[TriedPolicy, ...]) -> timedelta:
    """How long a replay needs until its builds are those of its policy, and not of the one before."""
    delays = [policy.delay for policy in policies if policy.delay is not None]
    delays += [image.enrollment.rebuild_delay for image in snapshot.images.values()]
    return max(delays, default=NO_DELAY) + max(policy.caps.window for policy in policies) + _SETTLING
