"""The processor time of a server and its children, from Linux's /proc."""

import os
from pathlib import Path

_PROC = Path("/proc")


def processor_seconds(pid: int) -> float:
    """The seconds that a process and its running descendants used (`man 5 proc`: utime and stime, in clock ticks)."""
    # The name of the program is in brackets and may contain any character.
    fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(processor_seconds, _children(pid)))


def _children(pid: int) -> list[int]:
    threads = (_PROC / str(pid) / "task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text(encoding="utf-8").split()]
