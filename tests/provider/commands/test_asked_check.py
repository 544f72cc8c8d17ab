"""A check that a running service does for `image-factory check`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from provider.commands.asked_check import LONGEST, CheckEnd, RunningService
from provider.operation_ports import CheckRequest
from provider.ports import Beat

START = datetime(2026, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


class Service:
    """A service whose time passes while a command waits for it; `at` says what happens after so many seconds."""

    def __init__(self, *beats: Beat, at: Mapping[float, Callable[["Service"], None]] | None = None) -> None:
        self.now = START
        self.held = True
        self.known = list(beats)
        self.wishes: list[CheckRequest] = []
        self.steps = 0
        self._at = dict(at or {})

    def ask(self, names: Sequence[str], at: datetime) -> None:
        """See the port."""
        self.wishes.append(CheckRequest(len(self.wishes) + 1, at, tuple(names)))

    def open(self) -> Sequence[CheckRequest]:
        """See the port."""
        return tuple(self.wishes)

    def done(self, requests: Sequence[CheckRequest]) -> None:
        """See the port."""
        self.wishes = [wish for wish in self.wishes if wish not in requests]

    def beat(self, beat: Beat) -> None:
        """See the port."""
        self.known.append(beat)

    def beats(self) -> Sequence[Beat]:
        """See the port."""
        return self.known

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        for after in [after for after in self._at if START + timedelta(seconds=after) <= self.now]:
            self._at.pop(after)(self)

    def progress(self, _what: str, _steps: int) -> Callable[[], None]:
        """Count the steps."""

        def step() -> None:
            self.steps += 1

        return step

    def running(self) -> RunningService:
        """What the command knows of it."""
        return RunningService(self, self, lambda: self.held, lambda: self.now, self.sleep)


def finish(service: Service) -> None:
    """The service has done everything that was asked for."""
    service.wishes.clear()


def end(service: Service) -> None:
    """The service ends."""
    service.held = False


def finish_and_end(service: Service) -> None:
    """Both, between two looks."""
    finish(service)
    end(service)


@pytest.mark.parametrize("names", [(), ("portal",), ("portal", "node-22")])
def test_the_command_waits_until_the_service_has_done_the_check(names: tuple[str, ...]) -> None:
    """Requests of others do not matter; there is a step of progress at each look."""
    service = Service(
        at={5: lambda found: found.done([wish for wish in found.wishes if set(wish.names) == set(names)])}
    )
    service.ask(("other",), START)

    assert service.running().check(names, service.progress) is CheckEnd.DONE
    assert service.now == START + timedelta(seconds=5)
    assert service.steps == 10
    assert [wish.names for wish in service.wishes] == [("other",)]


def test_a_service_that_ends_leaves_no_request() -> None:
    """The next service would repeat what the command does itself."""
    service = Service(at={3: end})

    assert service.running().check((), service.progress) is CheckEnd.SERVICE_ENDED
    assert service.wishes == []


def test_a_service_that_ends_after_the_check_has_done_it() -> None:
    """The result is in the database."""
    service = Service(at={3: finish_and_end})

    assert service.running().check((), service.progress) is CheckEnd.DONE


def test_nobody_waits_for_ever() -> None:
    """The request stays: the service goes on with it."""
    service = Service()

    assert service.running().check(("portal",), service.progress) is CheckEnd.TOO_LONG
    assert service.now == START + LONGEST
    assert [wish.names for wish in service.wishes] == [("portal",)]


@pytest.mark.parametrize(
    ("beats", "held", "there"),
    [
        ([Beat("worker", START, None)], True, True),
        ([Beat("follow", START - timedelta(minutes=29), "git cannot be reached")], True, True),
        ([Beat("worker", START - timedelta(minutes=31), None)], True, False),
        ([Beat("releases", START, None)], True, False),
        ([], True, False),
        ([Beat("worker", START, None)], False, False),
    ],
)
def test_a_service_is_there_if_it_holds_the_checkout_and_has_reported(
    beats: list[Beat], held: bool, there: bool
) -> None:
    """Another command may hold the checkout, and a killed service may have reported a moment ago."""
    service = Service(*beats)
    service.held = held

    assert service.running().is_there(QUARTER) is there


def test_with_a_short_interval_a_report_may_be_two_minutes_old() -> None:
    """A step of a round takes longer than such an interval."""
    service = Service(Beat("worker", START - timedelta(minutes=2), None))

    assert service.running().is_there(timedelta(seconds=2))
    service.now += timedelta(seconds=1)
    assert not service.running().is_there(timedelta(seconds=2))


def test_a_problem_counts_if_it_is_of_this_check() -> None:
    """An older one has been reported before."""
    service = Service(Beat("worker", START, "old"), Beat("follow", START, None), Beat("releases", START, "other"))
    later = START + timedelta(seconds=1)
    assert service.running().problem_since(later) is None

    service.beat(Beat("follow", later, "git cannot be reached"))
    assert service.running().problem_since(later) == "git cannot be reached"
