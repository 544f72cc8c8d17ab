"""Tests of a round of polls."""

import logging
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar

import pytest

from provider.tracker.decisions.outcomes import Found, PollFailure, PollResult, UnchangedList
from provider.tracker.decisions.repository import Address, RepositoryState, Tracked
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.services.poll_round import AT_ONCE, PollRound
from provider.tracker.services.polling import Polled, Poller, host_of
from proxy.errors import NotFound, Unavailable
from proxy.http.budgets.breaker import OF_HOST
from tests.provider.tracker.services.tracker_world import GIT_HOST, INTERVAL, TrackerWorld


def test_tracker_new_releases_are_found_and_announced_once() -> None:
    """Each due repository has one message, and nothing is due afterwards."""
    world = TrackerWorld()
    world.tracked("acme/portal", "1.0.0")
    world.tracked("git.example.com/acme/tool", "1.0.0")
    world.tracked("registry.example.com/acme/image", "1.0.0")
    assert PollRound(world.poller).run() == 0
    for path in ("acme/portal", "git.example.com/acme/tool", "registry.example.com/acme/image"):
        world.publish(path, "1.1.0", "1.2.0")
    world.wait()

    assert PollRound(world.poller).run() == 3
    assert {each.address.type.value: each.latest.version for each in world.store.everything() if each.latest} == {
        "github": "1.2.0",
        "git": "1.2.0",
        "container": "1.2.0",
    }
    assert sorted(message.subject for message in world.messages()) == ["image", "portal", "tool"]
    assert [len(list(message.body["releases"])) for message in world.messages()] == [2, 2, 2]  # type: ignore[call-overload]  # JSON
    assert PollRound(world.poller).run() == 0


def test_tracker_an_error_is_stored_and_the_other_repositories_are_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    """This is true for expected and for unexpected errors."""
    world = TrackerWorld()
    missing, broken, well = world.many_in_git(3)
    world.git.fail(missing, NotFound("there is none"))
    poll = world.git.poll

    def sometimes(
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        if address.path == broken:
            raise ZeroDivisionError
        return poll(address, wanted=wanted, memory=memory, known=known, thorough=thorough)

    monkeypatch.setattr(world.git, "poll", sometimes)
    assert PollRound(world.poller).run() == 3
    states = {each.address.path: each.state for each in world.store.everything()}
    assert states == {missing: RepositoryState.ERROR, broken: RepositoryState.ERROR, well: RepositoryState.OK}


def test_tracker_a_host_with_a_rate_limit_is_not_polled_before_its_reset() -> None:
    """Its other repositories wait without a request, other hosts do not wait, and all are polled after the reset."""
    world = TrackerWorld()
    paths = world.many_in_git(30)
    world.tracked("git.other.example/acme/tool", "1.0.0")
    world.clock.sleep(INTERVAL.total_seconds())
    world.git.asked.clear()
    reset = world.clock.at + timedelta(minutes=10)
    for path in paths:
        world.git.fail(path, Unavailable("slow down", reset))

    assert PollRound(world.poller, threads=4, per_host=2).run() == 31
    asked = [asked.address.host for asked in world.git.asked]
    assert asked.count("git.other.example") == 1
    assert asked.count(GIT_HOST) <= 2
    waiting = [each for each in world.store.everything() if each.address.host == GIT_HOST]
    assert {(each.next_poll, each.failures, each.error, each.state) for each in waiting} == {
        (reset, 0, None, RepositoryState.WAITING)
    }

    world.git.heal()
    world.git.asked.clear()
    world.clock.at = reset
    assert PollRound(world.poller).run() == 30
    assert {asked.address.host for asked in world.git.asked} == {GIT_HOST}
    assert {each.state for each in world.store.everything()} == {RepositoryState.OK}


def test_a_host_that_does_not_answer_is_polled_only_a_few_times() -> None:
    """After them its other repositories wait, and their failures are not counted."""
    world = TrackerWorld()
    for path in world.many_in_git(40):
        world.git.fail(path, Unavailable("no answer"))
    PollRound(world.poller, threads=2, per_host=2).run()
    assert OF_HOST.failures_in_a_row <= len(world.git.asked) <= OF_HOST.failures_in_a_row + 1
    assert sum(each.failures for each in world.store.everything()) <= OF_HOST.failures_in_a_row + 1


def test_polls_of_one_host_are_limited_and_hosts_are_polled_in_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of polls of a host at a time is limited; different hosts are polled at the same time."""
    world = TrackerWorld()
    hosts = [f"git.{number}.example" for number in range(4)]
    for host in hosts:
        world.many_in_git(3, host)
    lock, now, most = threading.Lock(), dict.fromkeys(hosts, 0), dict.fromkeys(hosts, 0)
    # The barrier opens only if every thread polls at the same time.
    together = threading.Barrier(4)

    def poll(address: Address, **_: object) -> UnchangedList:
        host = str(address.host)
        with lock:
            now[host] += 1
            most[host] = max(most[host], now[host])
        together.wait(30)
        with lock:
            now[host] -= 1
        return UnchangedList()

    monkeypatch.setattr(world.git, "poll", poll)
    PollRound(world.poller, threads=4, per_host=1).run()
    assert most == dict.fromkeys(hosts, 1)


def test_results_are_written_while_other_repositories_are_still_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results are written in batches of at most 200, so a slow repository does not delay others."""
    world = TrackerWorld()
    slow, *_ = world.many_in_git(AT_ONCE + 50)
    poll, record = world.git.poll, world.store.record
    written: list[int] = []
    others_written = threading.Event()

    def sometimes_slow(
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        if address.path == slow:
            assert others_written.wait(30)
        return poll(address, wanted=wanted, memory=memory, known=known, thorough=thorough)

    def noted(results: Iterable[PollResult]) -> None:
        part = list(results)
        written.append(len(part))
        record(part)
        if sum(written) == AT_ONCE + 49:
            others_written.set()

    monkeypatch.setattr(world.git, "poll", sometimes_slow)
    monkeypatch.setattr(world.store, "record", noted)
    assert PollRound(world.poller).run() == AT_ONCE + 50
    assert (max(written) <= AT_ONCE, written[-1]) == (True, 1)


def test_a_result_that_cannot_be_written_is_logged_and_the_others_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a batch fails, its results are written one by one."""
    world = TrackerWorld()
    paths = world.many_in_git(2)
    bad, good = world.store.everything()
    for path in paths:
        world.publish(path, "2.0.0")
    record = world.store.record

    def picky(results: Iterable[PollResult]) -> None:
        part = list(results)
        if any(result.repository == bad.id and result.new for result in part):
            raise ValueError("a driver's words")
        record(part)

    monkeypatch.setattr(world.store, "record", picky)
    assert PollRound(world.poller).run() == 2
    error = world.store.get(bad.id).error
    assert error is not None
    assert "cannot store the result of the poll: internal error: ValueError; see the log" in error.message
    latest = world.store.get(good.id).latest
    assert latest is not None
    assert latest.version == "2.0.0"


class HostilePoller(Poller):
    """Raises in some steps for one repository."""

    bad: ClassVar[Address]
    steps: ClassVar[Collection[str]]
    error: ClassVar[Exception]

    def poll(self, tracked: Tracked) -> Polled:
        """As the poller, but for the repository."""
        self.strike("poll", tracked.address)
        return super().poll(tracked)

    def failed(self, tracked: Tracked, failure: PollFailure, error: Exception | None = None) -> Polled:
        """As the poller, but for the repository."""
        self.strike("failed", tracked.address)
        return super().failed(tracked, failure, error)

    @classmethod
    def strike(cls, step: str, address: Address) -> None:
        """Raise, if this is the repository and the step."""
        if address == cls.bad and step in cls.steps:
            raise cls.error

    @classmethod
    def named(cls, address: Address) -> str:
        """The host."""
        cls.strike("host", address)
        return host_of(address)


@pytest.mark.parametrize("steps", [["host"], ["poll"], ["host", "failed"], ["poll", "failed"], ["record"]])
@pytest.mark.parametrize("error", [KeyError("x"), MemoryError(), RecursionError(), StopIteration(), UnicodeError("x")])
def test_an_unexpected_error_of_one_repository_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, steps: list[str], error: Exception
) -> None:
    """Whichever steps raise for it: the round ends, the others are written, and it says so where that is possible."""
    world = TrackerWorld()
    for path in world.many_in_git(4):
        world.publish(path, "2.0.0")
    bad, *good = world.store.everything()
    for name, value in {"bad": bad.address, "steps": steps, "error": error}.items():
        monkeypatch.setattr(HostilePoller, name, value, raising=False)
    poller = HostilePoller(world.store, world.poller.sources, world.clock.now, INTERVAL, HostilePoller.named)
    record = world.store.record

    def picky(results: Iterable[PollResult]) -> None:
        part = list(results)
        if "record" in steps and any(result.repository == bad.id for result in part):
            raise error
        record(part)

    monkeypatch.setattr(world.store, "record", picky)
    assert PollRound(poller).run() == 4

    assert [each.latest.version for each in map(world.store.get, (each.id for each in good)) if each.latest] == [
        "2.0.0"
    ] * 3
    found = world.store.get(bad.id).error
    assert (found is None) is bool({"failed", "record"} & set(steps))
    assert found is None or "internal error: " in found.message or "unexpected" in found.message


def test_a_database_failure_ends_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next wake-up tries again."""
    world = TrackerWorld()
    world.many_in_git(3)

    def gone(results: Iterable[PollResult]) -> None:
        raise OSError("no such database")

    monkeypatch.setattr(world.store, "record", gone)
    with pytest.raises(OSError, match="no such database"):
        PollRound(world.poller).run()


def test_a_round_that_is_stopped_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends even if a poll never returns, and the results so far are written."""
    world = TrackerWorld()
    stuck, *others = world.many_in_git(20)
    poll, record = world.git.poll, world.store.record
    never = threading.Event()
    sweeper = PollRound(world.poller, threads=2, per_host=2)

    def sometimes_stuck(
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        if address.path == stuck:
            never.wait(120)
        return poll(address, wanted=wanted, memory=memory, known=known, thorough=thorough)

    def noted(results: Iterable[PollResult]) -> None:
        record(results)
        sweeper.stop()

    monkeypatch.setattr(world.git, "poll", sometimes_stuck)
    monkeypatch.setattr(world.store, "record", noted)
    began = time.monotonic()
    assert sweeper.run() == len(others)
    assert time.monotonic() - began < 60
    never.set()
    assert sweeper.run() == 0


def test_after_stop_a_round_polls_nothing() -> None:
    """A round polls what is due; once it is stopped, the next one polls nothing."""
    world = TrackerWorld()
    world.many_in_git(3)
    poll_round = PollRound(world.poller)
    poll_round.run()
    assert len(world.git.asked) == 3

    poll_round.stop()
    world.wait()
    poll_round.run()

    assert len(world.git.asked) == 3


def test_a_round_reports_that_it_gets_on() -> None:
    """Each time results were written, so that a long round is not taken for one that stands still."""
    world, reports = TrackerWorld(), list[int]()
    world.tracked("acme/portal", "1.0.0")
    polled = PollRound(world.poller, report=lambda: reports.append(1))
    polled.run()
    assert reports == []

    world.publish("acme/portal", "1.1.0")
    world.wait()
    polled.run()
    assert reports == [1]


def test_tracker_the_log_names_what_failed_and_why(caplog: pytest.LogCaptureFixture) -> None:
    """In the round's line, each repository with its whole cause; a rate limit is one calm line for its host."""
    world = TrackerWorld()
    for path in ("acme/app", "acme/tool"):
        world.tracked(path, "1.0.0")
    paths = world.many_in_git(20)
    world.publish("acme/tool", "1.1.0")
    world.github.fail("acme/app", NotFound("api.github.com answered 404: it does not exist"))
    for path in paths:
        world.git.fail(path, Unavailable("git.example.com answered 429: it limits requests", world.clock.at + INTERVAL))
    with caplog.at_level(logging.INFO):
        PollRound(world.poller, threads=4, per_host=1).run()
    lines = [record.getMessage() for record in caplog.records if "failed" in record.getMessage()]
    assert lines[-1] == (
        "polled 22 repositories: 1 new releases, 1 failed, 20 waiting for their hosts, 0 remaining; failed: "
        "app (https://github.com/acme/app): api.github.com answered 404: it does not exist"
    )
    limits = [record for record in caplog.records if "limits requests" in record.getMessage()]
    assert [record.levelname for record in limits] == ["INFO"]
    assert limits[0].getMessage().startswith("git.example.com limits requests; its repositories wait: ")


def test_the_log_names_at_most_fifty_failures(caplog: pytest.LogCaptureFixture) -> None:
    """The others are counted."""
    world = TrackerWorld()
    for path in world.many_in_git(60):
        world.git.fail(path, NotFound("there is none"))
    with caplog.at_level(logging.INFO):
        PollRound(world.poller).run()
    line = [each.getMessage() for each in caplog.records if each.getMessage().startswith("polled 60")][-1]
    assert line.count("there is none") == 50
    assert line.endswith("; and 10 more, which GET /api/v1/problems names")


class Hosts:
    """The shares of these hosts."""

    def __init__(self, *hosts: str) -> None:
        self.hosts, self.taken_times = hosts, 0

    @contextmanager
    def taken(self) -> Iterator[Collection[str]]:
        """These hosts."""
        self.taken_times += 1
        yield self.hosts


def test_tracker_two_workers_share_the_polls_by_host() -> None:
    """One polls in its period what is its own, and the other one helps with the rest; nothing is polled twice."""
    world = TrackerWorld()
    paths = [*world.many_in_git(3), "git.other.example/acme/tool", "git.other.example/acme/other"]
    for path in paths[3:]:
        world.tracked(path, "1.0.0")
    world.wait()
    world.git.asked.clear()
    first, second = Hosts(GIT_HOST), Hosts("git.other.example")
    one, two = (PollRound(world.poller, shares=hosts.taken) for hosts in (first, second))

    assert one.run() == 3
    two.help()
    assert sorted(each.address.path for each in world.git.asked) == sorted(paths)
    two.help()
    assert second.taken_times == 1
