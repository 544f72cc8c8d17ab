"""What rounds of many images cost: where nothing has changed, and where a few base images have moved."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count as counting
from pathlib import Path
from statistics import median
from time import process_time

from bench.marks import Mark
from bench.organisation import DAY, Organisation, organisation
from provider import garbage

IDLE, FOLLOW, MOVED = "idle round", "idle follow", "round after 3 moved bases"
MOVED_BASES = 3
"""So many have moved in each round of that mark: a hundredth of those of 10,000 images."""

_SMALLER = 10
_EACH = 5


@dataclass
class _Side:
    """One organisation and the processor times of its rounds, in milliseconds."""

    of: Organisation
    times: dict[str, list[float]] = field(default_factory=lambda: {IDLE: [], FOLLOW: [], MOVED: []})

    def measure(self, name: str, work: Callable[[], object]) -> None:
        before = process_time()
        work()
        self.times[name].append((process_time() - before) * 1000)

    def typical(self, name: str) -> float:
        return median(self.times[name])


def round_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure with `count` images and with a tenth of them; calls `report` once for each organisation.

    Raises:
        RunFailed: not every image of an organisation was up to date before.
    """
    with ExitStack() as stack:
        report(f"{count // _SMALLER:,} images")
        few = stack.enter_context(_side(folder / "few", count // _SMALLER))
        report(f"{count:,} images")
        many = stack.enter_context(_side(folder / "many", count))
        contents = counting()
        garbage.settle()
        for _ in range(_EACH * rounds):
            for side in (few, many):
                side.measure(IDLE, side.of.worker.round)
                side.measure(FOLLOW, side.of.follow)
        for _ in range(rounds):
            for side in (few, many):
                names = [side.of.move(number, f"moved {next(contents)}") for number in range(MOVED_BASES)]
                side.of.now += DAY / 24
                side.measure(MOVED, lambda side=side, names=names: side.of.worker.check(names))  # type: ignore[misc]
        gc.unfreeze()
    ratios = {name: many.typical(name) / few.typical(name) for name in (IDLE, FOLLOW, MOVED)}
    return [
        *(
            Mark(f"{name}, {count:,} images", many.typical(name) / count, "ms of CPU an image", 0.01, at_most=True)
            for name in (IDLE, FOLLOW)
        ),
        *(
            Mark(f"{name}: {count:,} images", ratios[name], f"x {count // _SMALLER:,} images", goal, at_most=True)
            for name, goal in ((IDLE, 5), (FOLLOW, 10), (MOVED, 3))
        ),
    ]


@contextmanager
def _side(folder: Path, count: int) -> Iterator[_Side]:
    folder.mkdir()
    with organisation(folder, count) as made:
        yield _Side(made)
