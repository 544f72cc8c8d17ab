"""Tests of the end of a process."""

import threading
from datetime import timedelta

import pytest

from provider.domain.build_request import BuildRequest, Dispatched
from provider.services.stopping import ServiceStops, Stopping, at_the_limit, wait_for_stop
from proxy.deadline import Deadline
from tests.fakes.build_system import FakeBuildSystem
from tests.provider.services.world import DAY, HOUR, NODE, WINDOW, Company

NAMES = tuple(f"app-{number}" for number in range(9))


class EndingBuilds(FakeBuildSystem):
    """The end of the process begins while the first request is on its way."""

    stopping: Stopping | None = None

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """Start a run."""
        if self.stopping:
            self.stopping.begin()
        return super().dispatch(request)


@pytest.fixture
def company() -> Company:
    """Nine images that are built from node:22, which has moved; their delay is nearly over."""
    company = Company(builds=EndingBuilds())
    company.move(NODE, "node 0")
    for name in NAMES:
        company.enroll(name)
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    return company


def test_the_limit_counts_from_the_first_call() -> None:
    """Before the end begins, all of the time is left, and the clock of deadlines is the real one."""
    now = 100.0
    stopping = Stopping(timedelta(seconds=20), lambda: now)
    deadline = Deadline.after(30, stopping.monotonic)
    stopping.check()
    assert (stopping.begun, stopping.left, deadline.left) == (False, 20.0, 30.0)

    stopping.begin()
    now = 112.0
    stopping.begin()

    assert (stopping.begun, stopping.left, deadline.passed) == (True, 8.0, True)
    assert Deadline.after(30, stopping.monotonic).passed
    with pytest.raises(ServiceStops, match="the next start goes on with this"):
        stopping.check()
    now = 200.0
    assert stopping.left == 0.0


def test_what_holds_the_end_up_is_ended_at_the_limit() -> None:
    """The end is waited for first, and its limit then."""
    ended = threading.Event()
    stopping = Stopping(timedelta(seconds=0.01))
    at_the_limit(stopping, ended.set)
    assert not ended.wait(0.5)

    stopping.begin()

    wait_for_stop(stopping)
    assert ended.wait(20)


def test_what_was_not_sent_at_the_end_is_sent_by_the_next_process(company: Company) -> None:
    """Requests that have begun are recorded, no further one is begun, and each image is built once."""
    assert isinstance(company.builds, EndingBuilds)
    company.builds.stopping = company.stopping
    company.after(7 * DAY + WINDOW)
    begun = len(company.builds.dispatches)
    records = [record for name in NAMES if (record := company.image(name).active)]
    assert 1 <= begun < len(NAMES) == len(records)
    assert sum(record.run_id is not None for record in records) == begun
    assert not any(record.sending for record in records)

    company.builds.stopping = None
    company.restart()
    company.after(HOUR)

    sent = [request.rebuild_id for request in company.builds.dispatches]
    assert sorted(sent) == sorted(record.id for record in records)


def test_a_round_of_a_process_that_ends_begins_no_step(company: Company) -> None:
    """It asks for nothing."""
    looks = len(company.registry.calls)
    company.stopping.begin()

    for run in (company.round.run, company.round.follow, company.round.check, company.round.pull):
        with pytest.raises(ServiceStops):
            run()

    assert len(company.registry.calls) == looks
