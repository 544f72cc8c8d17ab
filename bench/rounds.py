"""Runs contestants in turn, each once in a round, so that other load on the machine affects all of them."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

PROCESS_SECONDS = 120.0
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one run in seconds: elapsed time and processor time."""

    seconds: float
    cpu: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.seconds - other.seconds, self.cpu - other.cpu)


class RunFailed(RuntimeError):
    """A contestant failed; the message names it and has the end of its output."""


def in_turn(
    contestants: Mapping[str, Callable[[], Cost]], rounds: int, report: Callable[[str], None]
) -> dict[str, list[Cost]]:
    """Run every contestant once in a round; calls `report` with each name before its turn."""
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            report(name)
            costs[name].append(run())
    return costs


def typical(costs: Iterable[Cost]) -> Cost:
    """The medians of the elapsed times and of the processor times.

    Raises:
        ValueError: there are no costs.
    """
    every = list(costs)
    if not every:
        raise ValueError("there was no round; run at least one")
    return Cost(median(cost.seconds for cost in every), median(cost.cpu for cost in every))


def speed(peer: Cost, ours: Cost) -> float:
    """How many times as fast as the peer our contestant is.

    Raises:
        ValueError: a time is not positive: the run was too short to be measured.
    """
    return _ratio(peer.seconds, ours.seconds)


def cpu_share(peer: Cost, ours: Cost) -> float:
    """The ratio of our processor time to that of the peer.

    Raises:
        ValueError: a time is not positive: the run was too short to be measured.
    """
    return _ratio(ours.cpu, peer.cpu)


def measured(work: Callable[[], object]) -> Cost:
    """The cost of the work in this process."""
    started, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - started, time.process_time() - cpu)


def measured_process(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """The cost of a child process, from its start to its end.

    Args:
        command: program and arguments.
        environment: variables that override those of this process.
        folder: its working directory.

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
        raise ValueError("a run was too short to be measured; increase its work")
    return one / other


def printed_by(module: str, arguments: Sequence[str], name: str, seconds: float) -> Mapping[str, Any]:
    """What `python -m MODULE ARGUMENTS` measures in a process of its own and prints as a JSON object.

    Raises:
        RunFailed: it ended with another status than 0, or not in time; `name` is the part in the message.
    """
    command = [sys.executable, "-m", module, *arguments]
    try:
        ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise RunFailed(f"{name}: it did not end within {seconds:g} seconds") from late
    if ended.returncode != 0:
        raise RunFailed(f"{name}: it ended with status {ended.returncode}:\n{ended.stderr[-2000:]}")
    found: Mapping[str, Any] = json.loads(ended.stdout)
    return found
