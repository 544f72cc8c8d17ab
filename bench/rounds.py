"""Contestants in turn: each once a round, so that whatever else the machine does falls on all alike."""

import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROCESS_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took, in seconds: by the clock on the wall, and of the processor."""

    seconds: float
    cpu: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.seconds - other.seconds, self.cpu - other.cpu)


class RunFailed(RuntimeError):
    """A contestant did not do its work; the message says which and has its last words."""


def in_turn(
    contestants: Mapping[str, Callable[[], Cost]], rounds: int, said: Callable[[str], None]
) -> dict[str, list[Cost]]:
    """Run every contestant once a round; `said` is told each name before its turn."""
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            said(name)
            costs[name].append(run())
    return costs


def typical(costs: Iterable[Cost]) -> Cost:
    """The median of each number.

    Raises:
        ValueError: there are no costs.
    """
    every = list(costs)
    if not every:
        raise ValueError("no round was run; run one at least")
    return Cost(median(cost.seconds for cost in every), median(cost.cpu for cost in every))


def speed(peer: Cost, ours: Cost) -> float:
    """How many times as fast as the peer we are.

    Raises:
        ValueError: a time is not positive: the work was too little to be measured.
    """
    return _ratio(peer.seconds, ours.seconds)


def cpu_share(peer: Cost, ours: Cost) -> float:
    """How many times the peer's processor time we take.

    Raises:
        ValueError: a time is not positive: the work was too little to be measured.
    """
    return _ratio(ours.cpu, peer.cpu)


def measured(work: Callable[[], object]) -> Cost:
    """What the work takes in this process."""
    started, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - started, time.process_time() - cpu)


def measured_process(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """What a child process takes, from its start to its end.

    Args:
        command: program and arguments.
        environment: put over ours.
        folder: where it runs.

    Raises:
        RunFailed: it ended with another status than 0, or not in time.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        ended = subprocess.run(
            command,
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PROCESS_SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        raise RunFailed(f"{command[0]} did not end within {PROCESS_SECONDS:g} seconds") from late
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != 0:
        raise RunFailed(f"{command[0]} ended with status {ended.returncode}:\n{ended.stderr[-2000:]}")
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _ratio(one: float, other: float) -> float:
    if one <= 0 or other <= 0:
        raise ValueError("a run took no time that could be measured; give it more to do")
    return one / other
