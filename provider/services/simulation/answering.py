"""Answer a question about other policies from a snapshot, with progress."""

from datetime import datetime, timedelta

from provider.domain.simulation.event_queue import Tick
from provider.domain.simulation.figures import Simulated
from provider.domain.simulation.policies import WhatIf
from provider.domain.simulation.simulating import Rules, simulate
from provider.domain.snapshot import Snapshot
from provider.services.progress import Progress

_DAY = timedelta(days=1)


def answered_with_progress(
    now: datetime, snapshot: Snapshot, asked: WhatIf, rules: Rules, progress: Progress
) -> Simulated:
    """The answer; one piece of work for each policy, with a step for each day."""

    def ticks(label: str, start: datetime, end: datetime) -> Tick:
        step = progress(label, (end - start) // _DAY)
        reached = start

        def tick(now: datetime) -> None:
            nonlocal reached
            while now - reached >= _DAY:
                reached += _DAY
                step()

        return tick

    return simulate(now, snapshot, asked, rules, ticks, {})
