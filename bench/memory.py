"""The memory of a worker after a start: at rest, and at most in its first round."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.marks import Mark
from bench.organisation import organisation
from bench.registry_peer import ROOT
from bench.rounds import RunFailed

_SECONDS = 600.0


def memory_marks(folder: Path, count: int, _rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure the worker of an organisation of so many images in a process of its own.

    Raises:
        RunFailed: the process failed, or not every image was up to date.
    """
    report("seeding")
    with organisation(folder, count):
        pass
    report("a start")
    # The index is made anew from git, which needs the most memory.
    for file in folder.glob("image-factory.db*"):
        file.unlink()
    command = [sys.executable, "-m", "bench.worker_memory", str(folder), str(count)]
    try:
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired as late:
        raise RunFailed(f"memory: it did not end within {_SECONDS:g} seconds") from late
    if ended.returncode != 0:
        raise RunFailed(f"memory: it ended with status {ended.returncode}:\n{ended.stderr[-2000:]}")
    found: dict[str, float] = json.loads(ended.stdout)
    name = f"worker of {count:,} images"
    return [
        Mark(f"{name}, after rounds", max(found["first"], found["later"]), "MB", 200, at_most=True),
        Mark(f"{name}, at most in its first round", found["peak"], "MB", 300, at_most=True),
    ]
