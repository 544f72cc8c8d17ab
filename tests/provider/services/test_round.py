"""Tests of one round: which steps are due, and in which order."""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from provider.domain.enrollment import Source
from provider.ports import SourceFile
from provider.services.check_schedule import Pace
from provider.services.reacting.wanted import Wanted
from proxy.errors import KeptBack, Never, NotFound, Unavailable
from proxy.http.clock_skew import ClockDifference
from tests.fakes.image_index import FakeImageIndex
from tests.fakes.registry import Call, digest_of
from tests.fakes.sources import FakeSources
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, settled


def test_a_new_process_continues_where_the_last_one_stopped() -> None:
    """The snapshot has everything that the decisions need."""
    company = due()
    company.restart()
    company.round.run()
    company.restart()
    company.round.run()

    assert len(company.builds.dispatches) == 1


def test_nothing_is_built_while_the_clock_is_wrong() -> None:
    """The reason says so; when the clock is right again, the rebuild starts."""
    company = due()
    company.skew = ClockDifference(timedelta(minutes=6), ("ghcr.io", "quay.io"))
    company.round.run()
    assert company.builds.dispatches == []
    assert "clock is 6 minutes off those of ghcr.io and quay.io; nothing is built" in company.status()[1]

    company.skew = ClockDifference(timedelta(minutes=5), ("ghcr.io", "quay.io"))
    company.round.run()
    assert len(company.builds.dispatches) == 1


def test_a_dockerfile_is_read_again_after_each_rebuild() -> None:
    """It is read once after each rebuild, also after the first one; otherwise once a day."""
    company = due()
    company.round.run()
    company.sources.asked.clear()
    company.finish()
    for _ in range(4):
        company.after(MINUTE)
    assert len(company.sources.asked) == 1

    company.after(DAY)
    assert len(company.sources.asked) == 2


def test_a_check_of_one_image_checks_its_dependencies() -> None:
    """Other images are not checked."""
    company = settled()
    company.enroll("billing", "FROM golang:1\n")
    company.after(MINUTE)
    company.registry.calls.clear()
    company.sources.asked.clear()
    company.round.check(["portal"])

    assert {call.reference.repository for call in company.registry.calls} == {"acme/portal", "library/node"}
    assert company.sources.asked == [("acme/portal", "Dockerfile")]


def test_it_is_busy_while_something_waits_or_runs() -> None:
    """It is busy from the opening of the window to the end of the run."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    assert not company.round.busy()
    company.after(7 * DAY)
    assert company.round.busy()
    company.after(WINDOW)
    assert company.round.busy()
    company.finish()
    company.round.follow()
    assert not company.round.busy()


def test_a_round_without_enrollments_does_nothing() -> None:
    """Nothing is requested, and nothing is committed."""
    company = Company()
    company.round.run()

    assert (company.snapshot.commits, company.registry.calls, company.sources.asked) == ([], [], [])


def slowly(company: Company, seconds: float) -> None:
    """Let each check take so long."""

    def wait(call: Call) -> None:
        if call.method == "check":
            company.seconds += seconds

    company.registry.on_call = wait


def checks(company: Company) -> list[str]:
    """What was checked since the last call of this function."""
    found = [str(call.reference) for call in company.registry.calls if call.method == "check"]
    company.registry.calls.clear()
    return found


def last_checked(company: Company, name: str) -> datetime | None:
    """What readers are shown."""
    return FakeImageIndex.neighbours(company.index, [name])[name].last_checked


def test_what_failed_is_checked_again_in_minutes() -> None:
    """Not after the pace of a public base, and in a call of `follow`: no round has to be waited for."""
    company = settled(pace=Pace(15 * MINUTE, DAY))
    company.registry.fail(NODE, Unavailable("docker.io is down for a minute"))
    company.after(DAY)
    assert company.status("node-22")[0] == "error"
    company.registry.heal()

    company.now += MINUTE
    assert not company.round.busy()
    company.now += MINUTE
    assert company.round.busy()
    company.round.follow()
    assert company.status("node-22")[0] != "error"


def test_the_time_that_a_registry_named_is_waited_for() -> None:
    """Nothing is asked of it before, and it is asked soon after."""
    company = settled()
    company.registry.fail(NODE, Unavailable("docker.io is busy", company.now + HOUR))
    company.after(MINUTE)
    checks(company)
    for _ in range(58):
        company.after(MINUTE)
    assert NODE not in checks(company)

    company.after(MINUTE)
    assert NODE in checks(company)


def test_a_check_that_was_kept_back_was_not_made() -> None:
    """The image has neither an error nor a new time of its check, and is checked when the pause is over."""
    company = settled()
    company.registry.fail(NODE, KeptBack("no requests go to docker.io", company.now + 5 * MINUTE))
    company.after(MINUTE)

    assert last_checked(company, "portal") == company.now
    assert last_checked(company, "node-22") == company.now - MINUTE
    assert company.status("node-22")[0] != "error"
    company.registry.heal()
    checks(company)
    for _ in range(3):
        company.after(MINUTE)
    assert NODE not in checks(company)
    company.after(MINUTE)
    assert NODE in checks(company)
    assert last_checked(company, "node-22") == company.now


def test_a_check_without_an_answer_is_no_check() -> None:
    """The time that readers see stays that of the last answer; a refusal is one."""
    company = settled()
    company.registry.fail(NODE, Unavailable("docker.io is down"))
    company.after(MINUTE)
    assert last_checked(company, "node-22") == company.now - MINUTE

    company.registry.fail(NODE, NotFound("there is no node:22"))
    company.after(MINUTE)
    assert last_checked(company, "node-22") == company.now


def test_a_round_that_ended_goes_on_where_it_stopped() -> None:
    """A round ends after 30 seconds; `follow` checks the others, whatever their names are."""
    company = settled()
    for number in range(9):
        company.enroll(f"app{number}")
    company.after(MINUTE)
    slowly(company, 7)
    checks(company)
    company.after(HOUR)
    found = checks(company)
    assert len(found) == 5

    while company.round.busy():
        company.round.follow()
        once = checks(company)
        assert len(once) <= 5
        found += once
    assert len(found) == len(set(found)) == 11


def test_a_person_who_asks_gets_everything_checked() -> None:
    """`check` takes as many rounds as it needs; what a pause keeps back is not waited for."""
    company = settled()
    for number in range(9):
        company.enroll(f"app{number}")
    company.registry.fail(NODE, KeptBack("no requests go to docker.io", company.now + HOUR))
    slowly(company, 7)
    checks(company)
    company.round.check()

    assert len(set(checks(company))) == 11


def test_one_broken_repository_starves_none_of_its_registry() -> None:
    """61 bases at a host that answers 503 for one of them: after one day each other one has a digest."""
    company = settled(pace=Pace(15 * MINUTE, DAY))
    bases = [f"docker.io/acme/base{number}:1" for number in range(60)]
    for reference in bases:
        company.move(reference, reference)
    company.registry.put("docker.io/acme/aaa-broken:1", digest_of("broken"))
    company.registry.fail("docker.io/acme/aaa-broken:1", Unavailable("docker.io answered 503"))
    lines = [f"FROM {reference}" for reference in ("docker.io/acme/aaa-broken:1", *bases)]
    company.enroll("app", "\n".join(lines))
    slowly(company, 1)
    for _ in range(4):
        company.after(15 * MINUTE)
        company.round.follow()

    known = {str(base.image) for base in company.store.read().bases.values() if base.ledger.current}
    assert known >= set(bases)


class SlowSources(FakeSources):
    """Sources whose reading takes time, and some that hang until they are released."""

    def __init__(self, company: Company, seconds: float) -> None:
        super().__init__()
        self.company, self.seconds = company, seconds
        self.hanging: set[str] = set()
        self.released = threading.Event()
        self.begun: list[str] = []
        self.lock = threading.Lock()

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port."""
        with self.lock:
            self.begun.append(source.repo)
            self.company.seconds += self.seconds
        if source.repo in self.hanging:
            assert self.released.wait(60)
        return super().files(source, paths)


def enrolling(count: int, seconds: float) -> tuple[Company, SlowSources]:
    """Images that are new, in slow source repositories."""
    company = Company()
    sources = company.sources = SlowSources(company, seconds)
    company.restart()
    company.move(NODE, "node 0")
    for number in range(count):
        company.enroll(f"app{number:02}")
    return company, sources


def test_dockerfiles_that_a_round_does_not_get_to_are_read_soon() -> None:
    """What has arrived after 30 seconds is recorded; `follow` goes on with the others, each once."""
    company, sources = enrolling(30, seconds=2)
    company.round.run()
    known = [image for image in company.store.read().images.values() if image.discovery.value == "success"]
    assert 0 < len(known) < 30

    while company.round.busy():
        company.round.follow()
    assert {image.discovery.value for image in company.store.read().images.values()} == {"success"}
    assert sorted(sources.begun) == sorted(set(sources.begun))


def test_a_person_who_asks_gets_every_dockerfile_read() -> None:
    """`check` takes as many rounds as it needs."""
    company, _ = enrolling(30, seconds=2)
    company.round.check()

    assert {image.discovery.value for image in company.store.read().images.values()} == {"success"}


def test_a_source_that_hangs_delays_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once, however many rounds go by; what it answers at last is used."""
    company, sources = enrolling(4, seconds=0)
    sources.hanging.add("acme/app00")
    monkeypatch.setattr("provider.services.round.ROUND_SECONDS", 0.3)
    monkeypatch.setattr("proxy.at_once._LAST_START_SECONDS", 0)
    company.round.monotonic = time.monotonic
    for _ in range(3):
        company.after(MINUTE)
    states = {name: image.discovery.value for name, image in company.store.read().images.items()}
    assert states == {"app00": "pending", "app01": "success", "app02": "success", "app03": "success"}
    assert sources.begun.count("acme/app00") == 1

    sources.released.set()
    while company.round.busy():
        company.round.follow()
    assert company.image("app00").discovery.value == "success"
    assert sources.begun.count("acme/app00") == 1


def test_a_reaction_goes_between_the_steps_of_a_long_round() -> None:
    """Reading Dockerfiles and then checking digests take long; the reaction waits for the first step only."""
    company = settled()
    company.now += DAY
    reading, read, checked = threading.Event(), threading.Event(), threading.Event()

    class Slow(FakeSources):
        def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
            reading.set()
            assert read.wait(20)
            return company.sources.files(source, paths)

    def wait(call: Call) -> None:
        if call.method == "check":
            assert checked.wait(20)

    company.round.sources, company.registry.on_call = Slow(), wait
    running = threading.Thread(target=company.round.run)
    running.start()
    assert reading.wait(20)
    reacting = threading.Thread(target=company.round.react, args=(Wanted(),))
    reacting.start()
    while not company.round._steps.reactions:
        threading.Event().wait(0.001)
    read.set()
    reacting.join(20)
    assert not reacting.is_alive()
    assert running.is_alive()
    checked.set()
    running.join(20)
    assert not running.is_alive()


def test_a_new_image_is_shown_before_the_round_ends() -> None:
    """Its checks come later in the round, which can take minutes."""
    company = settled()
    company.enroll("billing")
    shown: list[tuple[str, str]] = []
    company.registry.on_call = lambda _: shown.append(company.status("billing"))
    company.after(MINUTE)

    assert shown[0] == ("unknown", "not checked yet")
    assert company.status("billing")[0] == "unverified"
