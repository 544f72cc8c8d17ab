"""A process that does a part of many jobs, for a test that kills it: CHAINS periods that each have JOBS jobs to do.

A run of a period does one job, and wakes its period for the next. Each job writes a line when it begins and one when it
has ended, each with the process, the period and the number of the job. The process stops when its input is closed.
"""

import os
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from provider.jobs.dbos_jobs import DbosJobs
from provider.jobs.ports import Period

CHAINS = 20
JOBS = 50


def main(folder: Path, database: str, executor_id: str) -> None:
    """Do jobs until the input is closed."""
    jobs = DbosJobs(database, executor_id, poll=timedelta(milliseconds=50), tend=timedelta(seconds=3))

    def run(chain: str) -> None:
        done = sum(event == "end" for event, _, _ in journal(folder, chain))
        if done == JOBS:
            return
        note(folder, chain, f"begin {os.getpid()} {done}")
        jobs.wake(chain)
        note(folder, chain, f"end {os.getpid()} {done}")

    jobs.start([Period(name, timedelta(days=1), partial(run, name)) for name in chains()])
    sys.stdin.read()
    jobs.stop(timedelta(seconds=5))


def chains() -> list[str]:
    """The names of the periods."""
    return [f"chain-{number}" for number in range(CHAINS)]


def journal(folder: Path, chain: str) -> list[tuple[str, int, int]]:
    """What happened, in order: the event, the process and the number of the job."""
    file = folder / chain
    lines = file.read_text().splitlines() if file.exists() else []
    return [(event, int(process), int(number)) for event, process, number in map(str.split, lines)]


def note(folder: Path, chain: str, line: str) -> None:
    """Append a line; a period never runs twice at once, so whole lines follow each other."""
    with (folder / chain).open("a") as file:
        file.write(f"{line}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
