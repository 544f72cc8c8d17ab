"""Rounds over registries in which some repositories fail: real clients and budgets, on loopback, with a moved clock."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from provider.services.check_schedule import Pace
from proxy.http.addresses import AddressPolicy
from proxy.http.budgets.budget import POLITE
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.fakes.image_index import FakeImageIndex
from tests.peers.exchange import Answer
from tests.peers.process import LOOPBACK
from tests.provider.services.good_registry import GoodRegistry
from tests.provider.services.world import DAY, MINUTE, Company
from tests.proxy.scripted import Script, in_turn

PUBLIC = "quay.io"
BASES = [f"acme/base{number:02}" for number in range(59)]


class Monitored:
    """A company whose base images are all in one registry, asked by the real client.

    Attributes:
        company: has one image, which is built from all of them.
        registry: on loopback; it has the digests that the company knows.
    """

    def __init__(self, registry: GoodRegistry, repositories: list[str], pace: Pace) -> None:
        self.registry = registry
        self.company = Company(pace=pace)
        for repository in repositories:
            self.company.registry.put(f"{PUBLIC}/{repository}:1", registry.digest(repository))
        for number in range(0, len(repositories), 100):
            bases = repositories[number : number + 100]
            self.company.enroll(f"app{number}", "\n".join(f"FROM {PUBLIC}/{base}:1" for base in bases))
        self.company.round.run()
        self.names = {base.image.repository: name for name, base in self.company.store.read().bases.items()}
        policy = AddressPolicy(insecure_registries=(LOOPBACK,))
        self.transport = Transport(policy, now=lambda: self.company.now, sleep=self._sleep, whole_seconds=1.0)
        mirrors = {PUBLIC: registry.url, "ghcr.io": registry.url}
        self.company.round.registries = Registries(
            self.transport, RegistryCredentials(DockerConfig(), {}), mirrors=mirrors
        )

    def _sleep(self, seconds: float) -> None:
        self.company.now += timedelta(seconds=seconds)
        self.company.seconds += seconds

    def checked_since(self, repositories: list[str], minutes: float) -> list[str]:
        """Those of these repositories whose last check, as readers see it, is at most so old."""
        names = {self.names[repository]: repository for repository in repositories}
        shown = FakeImageIndex.neighbours(self.company.index, list(names))
        oldest = self.company.now - minutes * MINUTE
        return [names[name] for name, image in shown.items() if image.last_checked and image.last_checked >= oldest]

    def pass_minutes(self, minutes: int) -> list[set[str]]:
        """Let minutes pass, with a turn of `follow` where the round is busy; what was asked in each of them."""
        asked = []
        for _ in range(minutes):
            self.company.now += MINUTE
            if self.company.round.busy():
                self.company.round.follow()
            asked.append(set(self.registry.asked_about()))
        return asked


@pytest.fixture
def polite(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host on loopback gets as few requests as a public registry."""
    monkeypatch.setattr("proxy.registries.router.limits_of", lambda *_, **__: POLITE)


@pytest.fixture
def registry() -> Iterator[GoodRegistry]:
    """A registry on loopback."""
    with GoodRegistry() as running:
        yield running


def failing(status: int, retry_after: str | None = None) -> Script:
    """A script that always fails."""
    return in_turn(Answer(status, b"", (("Retry-After", retry_after),) if retry_after else ()))


def late(released: threading.Event) -> Answer:
    """An answer that comes after the deadline of its request."""
    assert released.wait(60)
    return Answer(503)


@pytest.mark.usefixtures("polite")
@pytest.mark.parametrize(("one", "other"), [(503, 429), (500, 502), (504, 429), (429, 429), (503, None)])
def test_a_repository_that_always_fails_keeps_no_other_from_its_check(
    registry: GoodRegistry, one: int, other: int | None
) -> None:
    """61 public bases, two of which never answer: the other 59 are answered in each of four daily rounds."""
    broken = ["acme/aaa-broken", "acme/zzz-busy"]
    world = Monitored(registry, [broken[0], *BASES, broken[1]], Pace(15 * MINUTE, DAY))
    registry.odd = dict(zip(broken, (failing(one), failing(other) if other else lambda _: None), strict=True))
    for _ in range(4):
        world.company.now += DAY
        world.company.round.run()
        asked = registry.asked_about()

        assert set(asked) >= {*BASES, *broken}
        assert sorted(world.checked_since(BASES, minutes=1)) == BASES
        assert world.checked_since(broken, minutes=24 * 60) == []
    assert all(world.company.store.read().bases[world.names[name]].error for name in broken)


@pytest.mark.usefixtures("polite")
@pytest.mark.parametrize("retry_after", ["30", "60", "120", "Wed, 04 Mar 2026 00:00:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_one_repository_names_does_not_starve_the_others(
    registry: GoodRegistry, status: int, retry_after: str
) -> None:
    """The registry gets no requests until then, at most for a quarter of an hour; then the others have their turns."""
    world = Monitored(registry, ["acme/aaa-busy", *BASES, "acme/other"], Pace(15 * MINUTE, DAY))
    registry.odd["acme/aaa-busy"] = failing(status, retry_after)
    world.company.now += 45 * MINUTE
    for _ in range(4):
        world.company.now += DAY - 45 * MINUTE
        world.company.round.run()
        world.pass_minutes(45)

        assert sorted(world.checked_since(BASES, minutes=46)) == BASES
    assert world.checked_since(["acme/aaa-busy"], minutes=24 * 60) == []


def test_a_failing_repository_is_asked_again_after_growing_pauses(registry: GoodRegistry) -> None:
    """Minutes after the failure, then later and later; once it answers, the pace counts again."""
    world = Monitored(registry, ["acme/broken", *BASES], Pace(15 * MINUTE, DAY))
    registry.odd["acme/broken"] = failing(502)
    world.company.now += DAY
    world.company.round.run()
    registry.asked_about()
    minutes = [number for number, asked in enumerate(world.pass_minutes(130), 1) if "acme/broken" in asked]

    assert minutes == [2, 6, 14, 30, 62, 122]
    registry.odd.clear()
    assert any("acme/broken" in asked for asked in world.pass_minutes(60))
    assert world.checked_since(["acme/broken"], minutes=60) == ["acme/broken"]
    assert not any("acme/broken" in asked for asked in world.pass_minutes(120))


def test_of_two_thousand_repositories_the_failing_ones_fail_alone(registry: GoodRegistry) -> None:
    """1 % fail in six ways: the other 1,980 are answered in one sweep, and those 20 are asked again in minutes."""
    repositories = [f"acme/r{number:04}" for number in range(2_000)]
    broken = repositories[::100]
    released = threading.Event()
    ways = [failing(500), failing(502), failing(503), failing(429), lambda _: None, lambda _: late(released)]
    world = Monitored(registry, repositories, Pace(DAY, DAY))
    registry.odd = {name: ways[number % len(ways)] for number, name in enumerate(broken)}
    good = sorted({*repositories} - {*broken})
    world.company.now += DAY
    world.company.round.run()

    assert sorted(world.checked_since(good, minutes=1)) == good
    assert world.checked_since(broken, minutes=24 * 60) == []
    registry.asked_about()
    again = [name for asked in world.pass_minutes(10) for name in asked]
    assert set(again) == {*broken}
    registry.odd.clear()
    released.set()
    world.pass_minutes(60)
    assert sorted(world.checked_since(broken, minutes=60)) == broken


def test_a_registry_that_is_down_at_its_daily_moment_is_asked_again_minutes_later(registry: GoodRegistry) -> None:
    """A minute without an answer is no day without a check."""
    world = Monitored(registry, BASES, Pace(15 * MINUTE, DAY))
    registry.down()
    world.company.now += DAY
    world.company.round.run()
    assert world.checked_since(BASES, minutes=1) == []
    registry.up()
    world.pass_minutes(5)

    assert sorted(world.checked_since(BASES, minutes=5)) == BASES


def test_a_change_behind_a_failure_is_seen_when_the_repository_answers_again(registry: GoodRegistry) -> None:
    """Its new digest is recorded with the time of that check."""
    world = Monitored(registry, ["acme/broken", *BASES], Pace(15 * MINUTE, DAY))
    registry.odd["acme/broken"] = failing(503)
    registry.versions["acme/broken"] = 1
    world.company.now += DAY
    world.company.round.run()
    world.pass_minutes(3)
    registry.odd.clear()
    world.pass_minutes(10)

    current = world.company.store.read().ledger(world.names["acme/broken"]).current
    assert current
    assert current.digest == registry.digest("acme/broken")
    assert timedelta() <= world.company.now - current.first_seen <= timedelta(minutes=10)


def test_repositories_that_fail_for_hours_keep_no_other_from_its_pace(registry: GoodRegistry) -> None:
    """One in ten fails: each other one is checked every quarter of an hour, a few minutes late at most."""
    repositories = [f"acme/r{number:03}" for number in range(200)]
    broken = repositories[::10]
    good = sorted({*repositories} - {*broken})
    world = Monitored(registry, repositories, Pace(15 * MINUTE, 15 * MINUTE))
    registry.odd = dict.fromkeys(broken, failing(500))
    world.pass_minutes(20)
    for _ in range(12):
        world.pass_minutes(10)
        assert sorted(world.checked_since(good, minutes=21)) == good
