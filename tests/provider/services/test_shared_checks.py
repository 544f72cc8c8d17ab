"""Several workers over one config repository: together they ask the registries no more often than one."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from provider.domain.times.check_times import CheckTimes
from provider.jobs.process_locks import FileLocks
from provider.services.check_schedule import Pace, SharedChecks
from provider.services.sharing.shares import MOST_NEW, SHARES, shares_of
from provider.services.sharing.taking import SharedWork
from tests.fakes.check_records import FakeCheckRecords
from tests.fakes.registry import Call, digest_of
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, Company, settled


def company(folder: Path) -> Company:
    """A company after its first round, whose processes share their checks; checks are due every hour."""
    noted: dict[str, tuple[CheckTimes, object]] = {}
    shares = SharedWork("checking", FileLocks(folder).acquire_free)
    return settled(checks=lambda: SharedChecks(FakeCheckRecords(noted), shares), pace=Pace(HOUR, HOUR))


def test_two_workers_ask_the_registries_no_more_often_than_one(tmp_path: Path) -> None:
    """Whichever has the turn: what one has checked is not due in the other one, also after a start."""
    of = company(tmp_path)
    one = of.round
    of.restart()
    of.registry.calls.clear()
    of.now += HOUR
    one.run()
    asked = len(of.registry.calls)
    assert asked > 0

    for _ in range(5):
        of.now += MINUTE
        of.round.run()
        of.round.follow()
        one.follow()
    of.restart()
    of.round.run()

    assert len(of.registry.calls) == asked


def test_what_is_due_is_checked_by_one_worker_at_a_time(tmp_path: Path) -> None:
    """While another one checks, the rest of the round goes on, and a later turn finds what that one left."""
    of = company(tmp_path)
    of.move(NODE, "node 1")
    of.now += HOUR
    of.registry.calls.clear()
    with SharedWork("checking", FileLocks(tmp_path).acquire_free).taken():
        of.round.run()
    assert of.registry.calls == []

    of.now += timedelta(seconds=15)
    of.round.follow()

    assert of.registry.calls
    (base,) = of.store.read().bases.values()
    assert len(base.ledger.observations) == 2


class Shared:
    """Two workers that know each other: `one` does the rounds, and `two` helps."""

    def __init__(self, folder: Path) -> None:
        noted: dict[str, tuple[CheckTimes, object]] = {}
        self.alone = False
        self.workers = ["one", "two"]

        def of(worker: str) -> SharedChecks:
            def ours() -> frozenset[int]:
                return frozenset(range(SHARES)) if self.alone else shares_of(worker, self.workers)

            checking, reading = (SharedWork(kind, FileLocks(folder).acquire_free, ours) for kind in ("check", "read"))
            return SharedChecks(FakeCheckRecords(noted), checking, reading)

        made = iter(self.workers)
        self.company = Company(checks=lambda: of(next(made)), pace=Pace(HOUR, HOUR, DAY))
        self.one = self.company.round
        self.company.restart()
        self.two = self.company.round

    def enroll(self, names: Sequence[str]) -> None:
        """Enroll these images."""
        self.company.move(NODE, "node 0")
        for name in names:
            self.company.enroll(name)

    def asked(self) -> set[str]:
        """The images that were checked since the last time; none twice."""
        asked = [str(call.reference) for call in self.company.registry.calls if call.method == "check"]
        self.company.registry.calls.clear()
        assert len(asked) == len(set(asked))
        return set(asked)

    def read(self) -> set[str]:
        """The repositories whose Dockerfile was read since the last time; none twice."""
        read = [repo for repo, _ in self.company.sources.asked]
        self.company.sources.asked.clear()
        assert len(read) == len(set(read))
        return set(read)


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    """Two workers with 20 images, after their first turns."""
    shared = Shared(tmp_path)
    shared.enroll([f"app-{number}" for number in range(20)])
    shared.one.run()
    shared.two.help(look=True)
    shared.one.follow()
    assert shared.asked() == {NODE, *(f"ghcr.io/acme/app-{number}:latest" for number in range(20))}
    assert len(shared.read()) == 20
    return shared


def test_two_workers_share_the_checks_that_are_due(shared: Shared) -> None:
    """The round of one checks its part, the other one checks the rest meanwhile, and together they check all once."""
    shared.company.move("ghcr.io/acme/app-3:latest", "moved")
    shared.company.now += HOUR
    shared.one.run()
    first = shared.asked()
    shared.two.help(look=False)
    second = shared.asked()
    assert len(first | second) == 21
    assert not first & second
    assert min(len(first), len(second)) >= 3
    shared.one.follow()
    assert shared.two.help(look=False) is None
    assert shared.asked() == set()
    assert len(shared.company.image("app-3").ledger.observations) == 2
    assert shared.company.index.images["app-3"].digest == digest_of("moved")


def test_two_workers_share_the_readings_that_are_due(shared: Shared) -> None:
    """Each Dockerfile is read by one of them, once a day."""
    shared.company.now += DAY
    shared.one.run()
    first = shared.read()
    shared.two.help(look=True)
    second = shared.read()
    assert not first & second
    assert len(first | second) == 20
    assert min(len(first), len(second)) >= 3


def test_the_shares_of_a_worker_that_is_gone_are_done_by_the_other_one(shared: Shared) -> None:
    """In its next turn."""
    shared.company.now += HOUR
    shared.one.run()
    first = shared.asked()
    shared.alone = True
    shared.one.follow()
    assert len(first | shared.asked()) == 21


def test_a_worker_that_does_a_round_does_not_help(shared: Shared) -> None:
    """Its round has the same shares."""
    shared.company.now += HOUR
    meanwhile: list[set[str]] = []

    def help_(_call: Call) -> None:
        shared.company.registry.on_call = lambda _: None
        with ThreadPoolExecutor(1) as pool:
            pool.submit(shared.one.help, look=False).result(30)
        meanwhile.append({str(call.reference) for call in shared.company.registry.calls})

    shared.company.registry.on_call = help_
    shared.one.run()
    assert len(meanwhile) == 1
    shared.asked()


def test_a_new_image_does_not_wait_for_the_worker_whose_share_it_is(shared: Shared) -> None:
    """The round that sees it reads and checks it, with its new base image."""
    for number in range(4):
        base = f"docker.io/library/base-{number}:1"
        shared.company.move(base, "base")
        shared.company.enroll(f"new-{number}", f"FROM {base}\n")
    shared.one.run()
    shared.one.follow()
    assert shared.read() == {f"acme/new-{number}" for number in range(4)}
    images = (shared.company.image(f"new-{number}") for number in range(4))
    assert all(shared.company.store.read().bases[image.dependencies[0].name].ledger.current for image in images)


def test_many_new_images_are_read_by_all_workers(shared: Shared) -> None:
    """The other workers do not wait for their next look."""
    names = [f"new-{number}" for number in range(3 * MOST_NEW)]
    shared.enroll(names)
    shared.one.run()
    first = shared.read()
    shared.two.help(look=False)
    second = shared.read()
    assert not first & second
    assert first | second == {f"acme/{name}" for name in names}
    assert min(len(first), len(second)) > MOST_NEW // 4


def test_what_a_helper_finds_is_decided_and_shown(shared: Shared) -> None:
    """By itself, without a turn of a period."""
    moved = [f"app-{number}" for number in range(20)]
    for name in moved:
        shared.company.move(f"ghcr.io/acme/{name}:latest", f"{name} moved")
    shared.company.now += HOUR
    assert shared.two.help(look=False)
    shown = {name: shared.company.index.images[name].digest for name in moved}
    found = [name for name in moved if shown[name] == digest_of(f"{name} moved")]
    assert {f"ghcr.io/acme/{name}:latest" for name in found} == shared.asked() - {NODE}
    assert found
