"""A process that runs jobs, for tests that kill it.

It writes a line for each thing that happens: `begin`, `end`, each with its process id. With the argument `hold`
a run waits for the file `release`. The process stops when its input is closed.
"""

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

from provider.jobs.dbos_jobs import DbosJobs
from provider.jobs.ports import Period


def main(folder: Path, database: str, executor_id: str, every: str, mode: str) -> None:
    """Run the period `tick` until the input is closed."""
    jobs = DbosJobs(
        database,
        executor_id,
        poll=timedelta(milliseconds=20),
        tend=timedelta(milliseconds=100),
    )
    pause = threading.Event()

    def run() -> None:
        note(folder, "begin")
        while mode == "hold" and not (folder / "release").exists():
            pause.wait(0.01)
        note(folder, "end")

    jobs.start([Period("tick", timedelta(seconds=float(every)), run)])
    note(folder, "started")
    sys.stdin.read()
    jobs.stop(timedelta(seconds=5))


def note(folder: Path, what: str) -> None:
    """Append a line to the journal; short lines of several processes do not mix."""
    with (folder / "journal").open("a") as journal:
        journal.write(f"{what} {os.getpid()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
