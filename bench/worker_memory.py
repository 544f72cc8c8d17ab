"""`python -m bench.worker_memory FOLDER COUNT`: a worker's memory after its first rounds over an organisation.

The organisation is in the folder. The registry is in the memory of this process too, and does not count. It prints what
was measured, as JSON, in MB (`man 5 proc`: VmRSS and VmHWM).
"""

import json
import sys
from pathlib import Path

from bench.organisation import DAY, begun, outside
from provider import garbage

# What the process of a worker has loaded besides.
from provider.commands import serve as _serve  # noqa: F401

_MOVED = 3


def main(folder: str, count: str) -> None:
    """Measure, and print the result."""
    before = _megabytes("VmRSS")
    registry = outside(int(count))
    aside = _megabytes("VmRSS") - before
    with begun(Path(folder), int(count), registry=registry) as made:
        garbage.settle()
        found = {"begun": _megabytes("VmRSS") - aside}
        made.worker.round()
        made.expect_up_to_date()
        found |= {"first": _megabytes("VmRSS") - aside, "peak": _megabytes("VmHWM") - aside}
        made.move(0, "moved")
        made.now += DAY / 24
        for _ in range(_MOVED):
            made.worker.round()
            made.follow()
        found["later"] = _megabytes("VmRSS") - aside
    sys.stdout.write(json.dumps(found))


def _megabytes(kind: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith(f"{kind}:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
