"""Jobs of many threads, done together."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from provider.config_repo.entry_commits.combining import Combined
from proxy.errors import Unavailable


def test_jobs_that_wait_are_done_together() -> None:
    """The first job runs alone; all that arrive meanwhile share the next run, and each gets its result or its error."""
    begun, go = threading.Event(), threading.Event()
    runs: list[list[int]] = []

    def run(jobs: Sequence[int]) -> Sequence[int | BaseException]:
        runs.append(list(jobs))
        begun.set()
        assert go.wait(10)
        return [KeyError(job) if job == 3 else job * 2 for job in jobs]

    combined: Combined[int, int] = Combined(run, 10)
    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(combined.do, 1)
        assert begun.wait(10)
        others = [threads.submit(combined.do, job) for job in (2, 3, 4, 5)]
        while len(combined._waiting) < 4:
            threading.Event().wait(0.001)
        assert combined.waits
        go.set()
        assert first.result() == 2
        assert [others[0].result(), others[2].result(), others[3].result()] == [4, 8, 10]
        with pytest.raises(KeyError):
            others[1].result()

    assert (runs[0], sorted(runs[1]), len(runs)) == ([1], [2, 3, 4, 5], 2)
    assert not combined.waits


def test_an_error_of_the_run_is_that_of_each_job() -> None:
    """The next run is not affected."""
    answers: list[Sequence[int] | Exception] = [OSError("disk"), [7]]

    def run(_: Sequence[int]) -> Sequence[int]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    combined: Combined[int, int] = Combined(run, 10)
    with pytest.raises(OSError, match="disk"):
        combined.do(1)
    assert combined.do(1) == 7


def test_a_job_that_gets_no_turn_is_not_done() -> None:
    """The caller learns that it may try again, and the job is done by nobody else."""
    begun, go = threading.Event(), threading.Event()
    runs: list[list[int]] = []

    def run(jobs: Sequence[int]) -> Sequence[int]:
        runs.append(list(jobs))
        begun.set()
        assert go.wait(10)
        return jobs

    combined: Combined[int, int] = Combined(run, 0.01)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(combined.do, 1)
        assert begun.wait(10)
        with pytest.raises(Unavailable, match="still being written"):
            combined.do(2)
        go.set()
        assert first.result() == 1

    assert runs == [[1]]
