"""Whether the memory of each process stays flat. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from soak.checks.line import Line, line
from soak.evidence import Evidence, MemorySample

WARM_UP = 0.25
"""The share of each process's samples that do not count: it reads everything for the first time."""

MOST_A_MINUTE = 1.0
"""Megabytes by which a process may grow in a minute, as the slope over the rest."""

LEAST_GROWTH = 10.0
"""Megabytes; less is no leak but the noise of an allocator."""

_FEWEST = 36
_MOST_POINTS = 120
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Growth:
    """How the memory of one process developed after its warm-up.

    Attributes:
        slope: megabytes a minute (Theil-Sen: the median over all pairs, which outliers do not move).
        total: from the median of the first fifth to that of the last, in megabytes.
    """

    process: str
    pid: int
    minutes: float
    middle: float
    slope: float
    total: float

    def __str__(self) -> str:
        return f"{self.process} {self.middle:.0f} MB {self.slope:+.2f} MB/min over {self.minutes:.0f} min"

    @property
    def leaks(self) -> bool:
        """Whether it grows steadily and by more than noise."""
        return self.slope > MOST_A_MINUTE and self.total > LEAST_GROWTH


def flat_memory(evidence: Evidence) -> Line:
    """No process grows steadily after its warm-up; a process that was killed and started again begins anew."""
    found = growths(evidence.memory)
    shown = ", ".join(map(str, found)) or "not judged, since no process ran for three minutes"
    leaking = [f"{each} grew by {each.total:.0f} MB" for each in found if each.leaks]
    return line("memory stays flat", shown, leaking or ([] if evidence.memory else ["nothing was measured"]))


def growths(samples: Sequence[MemorySample]) -> list[Growth]:
    """Of each process that has enough samples, in the order of their starts."""
    by_process: Mapping[tuple[str, int], list[MemorySample]] = defaultdict(list)
    for sample in samples:
        by_process[sample.process, sample.pid].append(sample)
    return [_growth(each[int(len(each) * WARM_UP) :]) for each in by_process.values() if len(each) >= _FEWEST]


def _growth(samples: Sequence[MemorySample]) -> Growth:
    every = max(1, len(samples) // _MOST_POINTS)
    points = [(sample.at / _MINUTE, sample.megabytes) for sample in samples[::every]]
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for number, earlier in enumerate(points)
        for later in points[number + 1 :]
        if later[0] > earlier[0]
    ]
    fifth = max(1, len(samples) // 5)
    sizes = [sample.megabytes for sample in samples]
    return Growth(
        process=samples[0].process,
        pid=samples[0].pid,
        minutes=(samples[-1].at - samples[0].at) / _MINUTE,
        middle=median(sizes),
        slope=median(slopes) if slopes else 0.0,
        total=median(sizes[-fifth:]) - median(sizes[:fifth]),
    )
