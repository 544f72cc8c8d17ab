"""A thousand jobs in two processes, one of which is killed in the middle."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.databases import KINDS, new_database
from tests.provider.jobs.chains import CHAINS, JOBS, chains, journal
from tests.provider.jobs.waiting import until

ROOT = Path(__file__).parents[3]


@contextmanager
def worker(folder: Path, database: str, executor_id: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does jobs until the block ends."""
    command = [sys.executable, "-m", "tests.provider.jobs.chains", str(folder), database, executor_id]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def events(folder: Path) -> list[tuple[str, int, str]]:
    """What happened in all periods: the event, the process and the job."""
    return [
        (event, process, f"{chain} {number}") for chain in chains() for event, process, number in journal(folder, chain)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_loses_no_job_and_repeats_only_those_in_flight(kind: str, tmp_path: Path) -> None:
    """Of a thousand jobs each is done, and those that the killed process had begun and not ended are begun again."""
    with ExitStack() as stack:
        database = stack.enter_context(new_database(kind, tmp_path))
        first, second = [stack.enter_context(worker(tmp_path, database, name)) for name in ("first", "second")]

        def done(process: int) -> int:
            return sum(event == "end" and by == process for event, by, _ in events(tmp_path))

        until(lambda: done(first.pid) > 100 and done(second.pid) > 100, "both processes to do jobs")
        first.kill()
        first.wait()
        at_the_kill = [(event, job) for event, by, job in events(tmp_path) if by == first.pid]
        until(
            lambda: len({job for event, _, job in events(tmp_path) if event == "end"}) == CHAINS * JOBS, "all jobs", 300
        )

    everything = events(tmp_path)
    begun = Counter(job for event, _, job in everything if event == "begin")
    ended = Counter(job for event, _, job in everything if event == "end")
    in_flight = {job for event, job in at_the_kill if event == "begin"} - {
        job for event, job in at_the_kill if event == "end"
    }
    assert len(begun) == len(ended) == CHAINS * JOBS == 1000
    assert set(ended.values()) == {1}
    assert {job for job, times in begun.items() if times > 1} <= in_flight
