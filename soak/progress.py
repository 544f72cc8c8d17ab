"""What a person who watches a soak is shown."""

import os
import time

from soak.evidence import Evidence
from soak.world.soak_world import SoakWorld


class Progress:
    """Makes the lines; `expected`: how many rebuilds follow from all moves."""

    def __init__(self, world: SoakWorld, evidence: Evidence, began: float, moves: int, expected: int) -> None:
        self._world, self._evidence, self._began = world, evidence, began
        self._moves, self._expected = moves, expected

    def line(self) -> str:
        """How far it has come."""
        world = self._world
        moved = sum(1 for each in list(world.truth.published) if not each.first and each.repository.startswith("lib"))
        memory = {sample.process: sample.megabytes for sample in self._evidence.memory[-6:]}
        sizes = ", ".join(f"{name} {size:.0f} MB" for name, size in sorted(memory.items()))
        return (
            f"{time.time() - self._began:4.0f} s: {moved} of {self._moves} moves, "
            f"{len(world.github.state.runs)} of about {self._expected} dispatches, "
            f"{world.builds.running} builds running, "
            f"{world.webhooks.answers.total()} webhooks, {world.github.requests} requests to GitHub, {sizes}, "
            f"load {os.getloadavg()[0]:.1f}"
        )
