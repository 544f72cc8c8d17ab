"""What a server and its children have taken of the processor, by Linux's own snapshot."""

import os
from pathlib import Path

_PROC = Path("/proc")


def processor_seconds(pid: int) -> float:
    """Of a process and all its living descendants so far (`man 5 proc`: utime and stime, in clock ticks)."""
    # The name of the program is in brackets and may hold anything.
    fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(processor_seconds, _children(pid)))


def _children(pid: int) -> list[int]:
    threads = (_PROC / str(pid) / "task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text(encoding="utf-8").split()]
