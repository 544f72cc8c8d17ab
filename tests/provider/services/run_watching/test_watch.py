"""The runs of rebuilds in progress: which are asked for when, and that nothing waits for a slow answer."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from catalog.image import Conclusion
from provider.domain.build_request import BuildRequest, Run, RunGroup, StartedBuild
from provider.domain.events import RunChanged
from provider.domain.snapshot import Snapshot
from provider.services.reacting.wanted import Wanted
from provider.services.run_watching.watch import RunWatch
from tests.fakes.build_system import FakeBuildSystem
from tests.peers.process import wait_until
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, settled

SECOND = timedelta(seconds=1)


class CountedBuilds(FakeBuildSystem):
    """Its requests about runs are limited; `asked` has the images of each."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []
        self.open = threading.Event()
        self.open.set()

    def group(self, request: BuildRequest) -> RunGroup:
        """All builds of one owner are a group."""
        return RunGroup(request.source.repo.partition("/")[0], "limit", 1500)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """See the port; waits while it is not open."""
        self.asked.append([build.request.image for build in builds])
        assert self.open.wait(20)
        return super().runs(builds)


def building(builds: CountedBuilds) -> Company:
    """A company in which two images of one group are being built."""
    company = settled(builds=builds)
    company.enroll("billing")
    company.round.run()
    company.move(NODE, "node 1")
    for time in (HOUR, 7 * DAY, WINDOW):
        company.after(time)
    assert len(builds.dispatches) == 2
    return company


def asked_at(
    watch: RunWatch, builds: CountedBuilds, snapshot: Snapshot, start: datetime, until: timedelta
) -> list[int]:
    """The seconds after the start at which runs were asked for, with a turn every five seconds."""
    found = []
    for step in range(int(until / (5 * SECOND)) + 1):
        before = len(builds.asked)
        watch.ask(start + step * 5 * SECOND, snapshot)
        found += [5 * step] * (len(builds.asked) - before)
    return found


def let_answer(company: Company, builds: CountedBuilds) -> None:
    """Let the request that hangs be answered, and wait until its thread has noted the answer."""
    rebuild = company.last().id
    builds.open.set()
    wait_until(lambda: company.round._watch.seen(rebuild) is not None, "the answer about the run")


def test_builds_of_one_group_are_asked_for_together() -> None:
    """One request tells about both, after a pause that grows with the age of the builds."""
    builds = CountedBuilds()
    company = building(builds)
    watch = RunWatch(builds, lambda _: None)

    assert asked_at(watch, builds, company.store.read(), company.now, 2 * MINUTE) == [15, 30, 45, 60, 75, 90, 105, 120]
    assert all(sorted(images) == ["billing", "portal"] for images in builds.asked)


def test_what_webhooks_report_is_asked_for_every_five_minutes() -> None:
    """After once at the start, until a request finds an end that no webhook has reported: then as without webhooks."""
    builds = CountedBuilds()
    company = building(builds)
    start, snapshot = company.now, company.store.read()
    heard = {"acme": start}
    watch = RunWatch(builds, heard.get)

    assert asked_at(watch, builds, snapshot, start, 9 * MINUTE) == [15, 315]
    builds.finish(company.last().run_id or "", Conclusion.SUCCESS, start + 6 * MINUTE)
    assert asked_at(watch, builds, snapshot, start + 10 * MINUTE, MINUTE) == [15]
    assert len(asked_at(watch, builds, snapshot, start + 11 * MINUTE, 10 * MINUTE)) > 4

    heard["acme"] = start + 21 * MINUTE
    builds.forget(company.last().run_id or "")
    assert len(asked_at(watch, builds, snapshot, start + 22 * MINUTE, 4 * MINUTE)) <= 1


def test_a_report_is_followed_at_once() -> None:
    """Whatever the pace, the event of a webhook causes one request, and the end of the build is recorded."""
    builds = CountedBuilds()
    company = building(builds)
    made = company.finish()
    builds.asked.clear()

    run_id = company.last().run_id or ""
    company.round.react(Wanted(events=(RunChanged("github-actions", "acme/portal", run_id, None),)))

    assert len(builds.asked) == 1
    assert company.last().result == made


def test_no_round_and_no_dispatch_waits_for_a_slow_build_system() -> None:
    """While a request about runs hangs, another image is rebuilt; its answer counts when it has come."""
    builds = CountedBuilds()
    company = due(builds=builds)
    company.round.run()
    made = company.finish()
    builds.open.clear()
    company.enroll("billing")
    company.after(MINUTE)
    company.move(NODE, "node 2")
    company.after(MINUTE)
    company.after(8 * DAY)
    assert [request.image for request in builds.dispatches] == ["portal", "billing"]
    assert (len(builds.asked), company.last().settled) == (1, False)

    let_answer(company, builds)
    company.after(MINUTE)
    company.after(MINUTE)
    current = company.image().ledger.current
    assert current
    assert current.digest == made


def test_an_event_during_a_slow_request_causes_one_more() -> None:
    """The answer that is on its way may be older than the event."""
    builds = CountedBuilds()
    company = due(builds=builds)
    company.round.run()
    builds.open.clear()
    event = RunChanged("github-actions", "acme/portal", company.last().run_id or "", None)
    for _ in range(2):
        company.round.react(Wanted(events=(event,)))
    assert len(builds.asked) == 1
    made = company.finish()

    let_answer(company, builds)
    company.after(MINUTE)
    company.after(MINUTE)
    assert company.last().result == made
    assert len(builds.asked) >= 2


@pytest.mark.parametrize("error", [ValueError("of a library"), KeyError("status")])
def test_an_unexpected_error_about_one_build_hides_no_other(error: Exception) -> None:
    """The others of the group are asked for one by one."""

    class Breaking(CountedBuilds):
        def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
            if any(build.request.image == "portal" for build in builds):
                raise error
            return super().runs(builds)

    company = building(builds := Breaking())
    company.finish("billing")
    company.after(MINUTE)
    company.after(MINUTE)

    assert company.last("billing").settled
    assert company.image().active is not None
    assert builds.asked
