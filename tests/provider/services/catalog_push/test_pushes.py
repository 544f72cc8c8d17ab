"""Tests of the part of the worker that pushes changes of the catalog."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.catalog_push.pacing import LONGEST_PAUSE, PACE, REPEATED
from provider.push_ports import PushRecord
from provider.services.catalog_push.pushes import TURN, CatalogPushes
from provider.services.catalog_push.ways import CatalogWays
from proxy.errors import NotFound, Refused, Unavailable
from tests.fakes.backstage_catalog import FakeBackstageCatalog
from tests.peers.process import wait_until

PUBLIC = "https://factory.example.com"
START = datetime(2026, 3, 1, tzinfo=UTC)
HALF = timedelta(seconds=0.5)


class MemoryRecords:
    """Implements `PushRecords`."""

    def __init__(self) -> None:
        self.record = PushRecord()
        self.broken = False

    def last(self) -> PushRecord:
        """What was noted last."""
        return self.record

    def note(self, record: PushRecord) -> None:
        """Note it, unless the database is gone."""
        if self.broken:
            raise OSError("the disk is full")
        self.record = record


class PushWorld:
    """A catalog that the test changes, a Backstage, and pushes between them.

    Attributes:
        seen: the tags that Backstage read, in order.
        reports: what was reported after each look.
    """

    def __init__(self, *, provider: bool = True) -> None:
        self.tag = "empty"
        self.serving = True
        self.now = START
        self.backstage = FakeBackstageCatalog(provider=provider)
        self.backstage.on_read = lambda: self.seen.append(self.tag)
        self.seen: list[str] = []
        self.records = MemoryRecords()
        self.reports: list[str] = []
        self.start()

    def start(self) -> None:
        """Start the process that pushes, for the first time or again."""
        ways = CatalogWays(self.backstage, PUBLIC, self.clock, lambda: self.clock().timestamp())
        self.pushes = CatalogPushes(
            lambda: self.tag, ways, self.records, self.clock, self.reports.append, lambda: self.serving
        )
        self.pushes.begin()

    def clock(self) -> datetime:
        """The time."""
        return self.now

    def look(self, times: int = 1) -> None:
        """Look as often, half a second apart."""
        for _ in range(times):
            self.pushes.look()
            self.now += HALF

    def change(self, tag: str) -> None:
        """The catalog that readers see has changed."""
        self.tag = tag


def test_a_change_is_pushed_at_once_and_once() -> None:
    """Backstage reads what readers see; nothing is sent while nothing changes."""
    world = PushWorld()
    world.look(4)
    world.change("a")
    world.look(1)
    assert world.seen == ["empty", "a"]
    world.look(1000)
    assert world.seen == ["empty", "a"]
    assert (world.records.record.pushed, world.records.record.pushes) == ("a", 2)


def test_what_was_pushed_outlasts_a_restart() -> None:
    """Nothing is pushed again, and what changed meanwhile is pushed at once."""
    world = PushWorld()
    world.look(4)
    world.start()
    world.look(4)
    assert world.seen == ["empty"]
    world.change("a")
    world.start()
    world.look(1)
    assert world.seen == ["empty", "a"]


def test_a_kill_before_the_note_pushes_once_more() -> None:
    """Backstage reads the catalog twice, which changes nothing; nothing is lost."""
    world = PushWorld()
    world.records.broken = True
    with pytest.raises(OSError, match="disk"):
        world.look()
    world.records.broken = False
    world.start()
    world.look()
    assert world.seen == ["empty", "empty"]


def test_nothing_is_pushed_before_the_web_part_answers() -> None:
    """Backstage would only fail; a later pause of the web part holds nothing up."""
    world = PushWorld()
    world.serving = False
    world.look(20)
    assert world.backstage.asked == []
    world.serving = True
    world.look(1)
    assert world.seen == ["empty"]
    world.serving = False
    world.look(4)
    world.change("a")
    world.look(1)
    assert world.seen == ["empty", "a"]


def test_a_run_that_had_begun_is_followed_by_a_push() -> None:
    """As soon as it has ended."""
    world = PushWorld()
    world.backstage.running = True
    world.look(20)
    assert world.seen == []
    world.backstage.running = False
    world.look(9)
    assert world.seen == ["empty"]


def test_a_failure_is_a_problem_after_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """One problem with its beginning, one warning in the log; it ends with the first success."""
    caplog.set_level(logging.INFO)
    world = PushWorld()
    world.backstage.failures = [Refused("answered 401; the token must be another one")] * 100
    world.look(120)
    assert (set(world.reports), world.records.record.problem) == ({""}, "")
    world.look(100)
    problem = (
        "Backstage did not take the push of a changed catalog: answered 401; the token must be another one; "
        "until then, changes appear when Backstage next reads the catalog by itself"
    )
    record = world.records.record
    assert (world.reports[-1], record.problem, record.since) == (problem, problem, START)
    assert record.failures >= REPEATED
    assert [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING] == [problem]

    world.start()
    assert world.records.record.problem == problem
    world.backstage.failures = []
    world.look(1)
    assert (world.reports[-1], world.records.record) == ("", PushRecord("empty", world.now - HALF, 1))


def test_a_start_of_backstage_is_no_problem() -> None:
    """It answers 503 for half a minute."""
    world = PushWorld()
    world.backstage.failures = [Unavailable("starting")] * 5
    world.look(130)
    assert set(world.reports) == {""}
    assert world.seen == ["empty"]


def test_another_cause_is_the_problem_from_then_on(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged too; the beginning stays."""
    world = PushWorld()
    world.backstage.failures = [*[Refused("first")] * REPEATED, *[Refused("second")] * 3]
    world.look(400)
    assert "second" in world.reports[-1]
    assert world.records.record.since == START
    assert len([each for each in caplog.records if each.levelno == logging.WARNING]) == 2


def test_an_unexpected_error_is_contained() -> None:
    """Its class is shown, and the log has the rest; the next try comes."""
    world = PushWorld()
    world.backstage.failures = [ZeroDivisionError("hunter2")] * REPEATED
    world.look(130)
    assert any("ZeroDivisionError: see the log" in each for each in world.reports)
    assert not any("hunter2" in each for each in world.reports)
    world.look(200)
    assert world.seen == ["empty"]


def test_the_time_that_backstage_gives_is_kept() -> None:
    """No request before it."""
    world = PushWorld()
    world.backstage.failures = [Unavailable("busy", START + timedelta(seconds=30))]
    world.look(60)
    assert len(world.backstage.asked) == 1
    world.look(1)
    assert world.seen == ["empty"]


def test_a_turn_ends_when_it_is_stopped() -> None:
    """It pushes what changed before, and what changes meanwhile."""
    world = PushWorld()
    turn = threading.Thread(target=world.pushes.run, daemon=True)
    turn.start()
    wait_until(lambda: world.seen == ["empty"], "the first push")
    world.now += PACE
    world.change("a")
    wait_until(lambda: world.seen == ["empty", "a"], "the second push")
    world.pushes.stop()
    turn.join(30)
    assert not turn.is_alive()


def test_a_turn_ends_after_a_minute() -> None:
    """Another process can run the next one."""
    world = PushWorld()
    turn = threading.Thread(target=world.pushes.run, daemon=True)
    turn.start()
    wait_until(lambda: bool(world.seen), "the first push")
    world.now += TURN
    turn.join(30)
    assert not turn.is_alive()


Event = Callable[[PushWorld], object]


def fails(failure: Exception, times: int) -> Event:
    """Backstage fails as often as this."""
    return lambda world: world.backstage.failures.extend([failure] * times)


def has(*, provider: bool) -> Event:
    """The entity provider is installed, or removed."""
    return lambda world: setattr(world.backstage, "provider", provider)


def runs(*, running: bool) -> Event:
    """A run of the task begins, or ends."""
    return lambda world: setattr(world.backstage, "running", running)


events = st.one_of(
    st.sampled_from(["a", "b", "c"]).map(lambda tag: lambda world: world.change(tag)),
    st.integers(1, 30).map(lambda looks: lambda world: world.look(looks)),
    st.booleans().map(lambda installed: has(provider=installed)),
    st.booleans().map(lambda running: runs(running=running)),
    st.just(PushWorld.start),
    st.sampled_from(
        [
            fails(Refused("401"), 1),
            fails(Unavailable("500"), 3),
            fails(NotFound("404"), 2),
            fails(ZeroDivisionError(), 1),
        ]
    ),
)


@given(st.lists(events, max_size=30))
def test_after_the_last_change_one_push_follows(happened: list[Event]) -> None:
    """Whatever fails, runs, is killed or is installed meanwhile: Backstage reads the last catalog, and rests then."""
    world = PushWorld()
    world.backstage.targets = {"location:default/one": (f"{PUBLIC}/catalog/catalog-info.yaml",)}
    for event in happened:
        event(world)
    world.backstage.running, world.backstage.failures = False, []
    world.change("last")
    before = len(world.seen)
    world.look(int(LONGEST_PAUSE / HALF) + 10)

    assert world.seen[before:] == ["last"]
    assert world.records.record.pushed == "last"
    assert world.records.record.problem == world.reports[-1] == ""
