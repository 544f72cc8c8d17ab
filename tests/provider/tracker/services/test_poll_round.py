"""Tests of polling all that is due."""

import threading
import time
from collections.abc import Collection, Iterable
from datetime import timedelta

import pytest

from provider.tracker.decisions.outcomes import Found, PollResult, UnchangedList
from provider.tracker.decisions.repository import Address, RepositoryState, TagForm
from provider.tracker.services.poll_round import AT_ONCE, PollRound
from proxy.errors import NotFound, Unavailable
from proxy.http.breaker import FAILURES_IN_A_ROW
from tests.provider.tracker.services.tracker_world import GIT_HOST, INTERVAL, TrackerWorld


def test_tracker_new_releases_are_found_and_announced_once() -> None:
    """Of every repository that is due, one message each; nothing is due afterwards."""
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
    assert sorted(message.subject for message in world.told()) == ["image", "portal", "tool"]
    assert [len(list(message.body["releases"])) for message in world.told()] == [2, 2, 2]  # type: ignore[call-overload]  # JSON
    assert PollRound(world.poller).run() == 0


def test_tracker_one_error_is_kept_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Foreseen or not."""
    world = TrackerWorld()
    missing, broken, well = world.many_in_git(3)
    world.git.fail(missing, NotFound("there is none"))
    poll = world.git.poll

    def sometimes(
        address: Address, *, form: TagForm, memory: str | None, known: Collection[str] = ()
    ) -> Found | UnchangedList:
        if address.path == broken:
            raise ZeroDivisionError
        return poll(address, form=form, memory=memory, known=known)

    monkeypatch.setattr(world.git, "poll", sometimes)
    assert PollRound(world.poller).run() == 3
    states = {each.address.path: each.state for each in world.store.everything()}
    assert states == {missing: RepositoryState.ERROR, broken: RepositoryState.ERROR, well: RepositoryState.OK}


def test_tracker_a_host_that_limits_us_is_set_aside_until_its_reset() -> None:
    """The others of that host wait without a request, other hosts do not; at the reset all are asked."""
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
    aside = [each for each in world.store.everything() if each.address.host == GIT_HOST]
    assert {(each.next_poll, each.failures, each.error is not None) for each in aside} == {(reset, 0, True)}

    world.git.heal()
    world.git.asked.clear()
    world.clock.at = reset
    assert PollRound(world.poller).run() == 30
    assert {asked.address.host for asked in world.git.asked} == {GIT_HOST}
    assert {each.state for each in world.store.everything()} == {RepositoryState.OK}


def test_a_host_that_does_not_answer_costs_a_few_tries() -> None:
    """Then its others wait, without being counted as failing."""
    world = TrackerWorld()
    for path in world.many_in_git(40):
        world.git.fail(path, Unavailable("no answer"))
    PollRound(world.poller, threads=2, per_host=2).run()
    assert FAILURES_IN_A_ROW <= len(world.git.asked) <= FAILURES_IN_A_ROW + 1
    assert sum(each.failures for each in world.store.everything()) <= FAILURES_IN_A_ROW + 1


def test_one_host_is_asked_politely_and_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more of a host than allowed; different hosts at the same time."""
    world = TrackerWorld()
    hosts = [f"git.{number}.example" for number in range(4)]
    for host in hosts:
        world.many_in_git(3, host)
    lock, now, most = threading.Lock(), dict.fromkeys(hosts, 0), dict.fromkeys(hosts, 0)
    # As many as there are threads have to be asked at the same time, or nobody gets on.
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


def test_what_was_found_is_written_while_others_are_still_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts of at most 200; a slow repository keeps nobody's result."""
    world = TrackerWorld()
    slow, *_ = world.many_in_git(AT_ONCE + 50)
    poll, record = world.git.poll, world.store.record
    written: list[int] = []
    others_written = threading.Event()

    def sometimes_slow(
        address: Address, *, form: TagForm, memory: str | None, known: Collection[str] = ()
    ) -> Found | UnchangedList:
        if address.path == slow:
            assert others_written.wait(30)
        return poll(address, form=form, memory=memory, known=known)

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


def test_what_cannot_be_written_is_noted_and_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The part is written one by one."""
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
    assert "cannot store the result of the poll (ValueError)" in error.message
    latest = world.store.get(good.id).latest
    assert latest is not None
    assert latest.version == "2.0.0"


def test_a_database_that_is_out_of_order_ends_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next wake-up tries again."""
    world = TrackerWorld()
    world.many_in_git(3)

    def gone(results: Iterable[PollResult]) -> None:
        raise OSError("no such database")

    monkeypatch.setattr(world.store, "record", gone)
    with pytest.raises(OSError, match="no such database"):
        PollRound(world.poller).run()


def test_a_sweep_that_is_told_to_stop_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where an answer never comes; what was found until then is written."""
    world = TrackerWorld()
    stuck, *others = world.many_in_git(20)
    poll, record = world.git.poll, world.store.record
    never = threading.Event()
    sweeper = PollRound(world.poller, threads=2, per_host=2)

    def sometimes_stuck(
        address: Address, *, form: TagForm, memory: str | None, known: Collection[str] = ()
    ) -> Found | UnchangedList:
        if address.path == stuck:
            never.wait(120)
        return poll(address, form=form, memory=memory, known=known)

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
