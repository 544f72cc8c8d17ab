"""Lists of tags that take long to read."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.deadline import Deadline
from proxy.errors import NotFound, OutsideFailure, Refused, StillReading, Unavailable
from proxy.places import NoPlace, limited_by
from proxy.versions import lists
from proxy.versions.lists import KnownList, Lists
from proxy.versions.sources import FRESH
from tests.contracts.version_world import open_world
from tests.fakes.registry import Call, FakeRegistry, digest_of
from tests.proxy.clocks import Clock

APP = ImageReference("registry.example.com", "team/app")
SECONDS = 10.0
"""How long a test waits at most for what happens at once."""


class Slow:
    """A registry that answers about tags while its gate is open."""

    def __init__(self, clock: Clock, known: Lists) -> None:
        self.clock = clock
        self.known = known
        self.gate = threading.Event()
        self.gate.set()

    def hold(self, _: Call) -> None:
        """Wait at the gate."""
        assert self.gate.wait(SECONDS)

    def find(self, seconds: float = SECONDS, *, refresh: bool = False) -> KnownList:
        """The list after so many seconds at most."""
        return self.known.of(APP, Deadline.after(seconds), refresh=refresh)

    def tags(self, seconds: float = SECONDS, *, refresh: bool = False) -> tuple[list[str], bool]:
        """The tags after so many seconds at most, and whether newer ones are being read."""
        found = self.find(seconds, refresh=refresh)
        return [tag.name for tag in found.listed.listing.tags], found.reading


@pytest.fixture
def registry() -> FakeRegistry:
    """A registry with one tag."""
    registry = FakeRegistry()
    registry.put("registry.example.com/team/app:1.0.0", digest_of("1"))
    return registry


@pytest.fixture
def slow(clock: Clock, registry: FakeRegistry) -> Iterator[Slow]:
    """Lists from that registry."""
    with open_world(clock, registry=registry) as world:
        slow = Slow(clock, Lists(world.upstreams, clock.now))
        registry.on_call = slow.hold
        yield slow
        slow.gate.set()


def reads(registry: FakeRegistry) -> int:
    """How often the list was read."""
    return [call.method for call in registry.calls].count("tags")


@pytest.mark.parametrize("refresh", [False, True])
def test_the_last_list_is_there_while_a_newer_one_is_read(slow: Slow, registry: FakeRegistry, *, refresh: bool) -> None:
    """A list with thousands of tags can take minutes; the next request has the newer one, which is read once."""
    assert slow.tags() == (["1.0.0"], False)
    slow.clock.at += timedelta(minutes=6)
    registry.put("registry.example.com/team/app:2.0.0", digest_of("2"))
    slow.gate.clear()

    assert slow.tags(0.01, refresh=refresh) == (["1.0.0"], True)
    assert slow.tags(0.01) == (["1.0.0"], True)
    slow.gate.set()
    assert slow.tags() == (["2.0.0", "1.0.0"], False)
    assert reads(registry) == 2


def test_a_fresh_list_waits_for_no_read_of_another_repository(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four lists of one registry that never end take all threads; a fresh list needs none."""
    assert slow.tags() == (["1.0.0"], False)
    slow.gate.clear()
    monkeypatch.setattr(lists, "LONGEST_WAIT", 0.01)
    for number in range(5):
        other = ImageReference("registry.example.com", f"team/slow-{number}")
        with pytest.raises(StillReading):
            slow.known.of(other, Deadline.after(0.0), refresh=False)
    assert slow.tags(0.0) == (["1.0.0"], False)


def test_a_refresh_that_takes_long_is_not_forgotten(slow: Slow, registry: FakeRegistry) -> None:
    """The list was fresh, so that the next request, without `refresh`, would not read it again."""
    slow.tags()
    slow.clock.at += timedelta(minutes=1)
    registry.put("registry.example.com/team/app:2.0.0", digest_of("2"))
    slow.gate.clear()

    assert slow.tags(0.01, refresh=True) == (["1.0.0"], True)
    assert slow.tags(0.01) == (["1.0.0"], True)
    slow.gate.set()
    assert slow.tags() == (["2.0.0", "1.0.0"], False)


def test_a_list_that_was_never_read_is_waited_for(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a list there is no page; one that takes very long is read on, and the caller asks again."""
    slow.gate.clear()
    monkeypatch.setattr(lists, "LONGEST_WAIT", 0.01)
    with pytest.raises(StillReading, match=r"team/app: the list of tags is still being read.*try again") as refused:
        slow.tags(0.01)
    assert refused.value.retry_at == slow.clock.at + timedelta(seconds=5)
    slow.gate.set()
    monkeypatch.setattr(lists, "LONGEST_WAIT", SECONDS)
    assert slow.tags(0.0) == (["1.0.0"], False)


def test_many_callers_cause_one_read(slow: Slow, registry: FakeRegistry) -> None:
    """Each gets the list as soon as it is there."""
    slow.gate.clear()
    with ThreadPoolExecutor(20) as threads:
        found = [threads.submit(slow.tags) for _ in range(20)]
        slow.gate.set()
        assert {(*tags, reading) for tags, reading in (each.result() for each in found)} == {("1.0.0", False)}
    assert reads(registry) == 1


@pytest.mark.parametrize("error", [Refused("no"), Unavailable("down")])
def test_a_failure_is_that_of_the_source(slow: Slow, registry: FakeRegistry, error: OutsideFailure) -> None:
    """Each caller gets an error of its own."""
    registry.go_down(error)
    raised = []
    for _ in range(2):
        with pytest.raises(type(error), match=str(error)) as found:
            slow.tags()
        raised.append(found.value)
    assert raised[0] is not raised[1]


@pytest.mark.parametrize("error", [Refused("no"), Unavailable("down")])
def test_a_failure_after_a_good_list_is_stale(slow: Slow, registry: FakeRegistry, error: OutsideFailure) -> None:
    """The list says since when it is the last one."""
    read_at = slow.clock.at
    slow.tags()
    slow.clock.at += timedelta(minutes=6)
    registry.go_down(error)
    found = slow.find()
    assert (found.listed.stale, found.listed.fetched_at, found.reading) == (True, read_at, False)


def test_a_failure_without_a_cached_answer_is_stale_too(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is too large for the cache is still the last one that is known."""
    slow.tags()
    slow.clock.at += FRESH
    monkeypatch.setattr(slow.known.source(APP), "listed", _fail)
    found = slow.find()
    assert ([tag.name for tag in found.listed.listing.tags], found.listed.stale) == (["1.0.0"], True)


def test_a_repository_that_is_gone_has_no_list(slow: Slow, registry: FakeRegistry) -> None:
    """The last list would hide that it was removed."""
    slow.tags()
    slow.clock.at += timedelta(minutes=6)
    registry.go_down(NotFound("there is no such repository"))
    for _ in range(2):
        with pytest.raises(NotFound):
            slow.tags()


def _fail(*_: object, **__: object) -> None:
    raise Unavailable("down")


def test_without_a_place_the_last_list_is_there_at_once(slow: Slow, registry: FakeRegistry) -> None:
    """It is read on, and the next request has it."""
    slow.tags()
    slow.clock.at += timedelta(minutes=6)
    registry.put("registry.example.com/team/app:2.0.0", digest_of("2"))
    slow.gate.clear()

    with limited_by(lambda: 5):
        assert slow.tags(60) == (["1.0.0"], True)
        assert slow.tags(60, refresh=True) == (["1.0.0"], True)

    slow.gate.set()
    assert slow.tags() == (["2.0.0", "1.0.0"], False)


def test_without_a_place_a_list_that_was_never_read_is_not_waited_for(slow: Slow, registry: FakeRegistry) -> None:
    """Nor is it read: a caller that asks for many more than its share would queue them all."""
    slow.gate.clear()

    with limited_by(lambda: 5), pytest.raises(NoPlace):
        slow.find(60)

    assert reads(registry) == 0
    slow.gate.set()
    assert slow.tags() == (["1.0.0"], False)


def test_a_fresh_list_needs_no_place(slow: Slow) -> None:
    """It is not even asked for."""
    slow.tags()

    def take() -> int:
        raise AssertionError("nothing waits")

    with limited_by(take):
        assert slow.tags() == (["1.0.0"], False)
