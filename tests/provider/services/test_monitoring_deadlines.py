"""Checks of digests at hosts that never finish: on real sockets, with a clock that is moved."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from provider.services.monitoring import DigestChecks, UnreadDigest, check_digests
from proxy.deadline import Deadline
from proxy.errors import AddressRefused, KeptBack, OutsideFailure, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import WHOLE_SECONDS, Transport
from proxy.ports import Manifest
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.fakes.image_index import FakeImageIndex
from tests.peers.dripping import DrippingHost
from tests.peers.process import LOOPBACK
from tests.provider.services.good_registry import GoodRegistry
from tests.provider.services.world import DAY, WINDOW, Company
from tests.proxy.clocks import NOW, Clock
from tests.proxy.http.test_whole_requests import DRIPS
from tests.proxy.scripted import open_transport


@pytest.fixture
def clock() -> Clock:
    """A clock that only tests and peers move."""
    return Clock()


@contextmanager
def asked(clock: Clock, mirrors: Mapping[str, str]) -> Iterator[Registries]:
    """Real registries on loopback."""
    with open_transport(clock, monotonic=clock.monotonic) as transport:
        yield Registries(transport, RegistryCredentials(DockerConfig(), {}), mirrors=mirrors)


def tracking(*references: str) -> Company:
    """A company with one image that is built from these."""
    company = Company()
    for reference in references:
        company.move(reference, f"{reference} before")
    company.enroll("portal", "\n".join(f"FROM {reference}" for reference in references))
    company.round.run()
    return company


def checked(company: Company, registries: Registries, clock: Clock, step: Callable[[], None]) -> DigestChecks:
    """A round over all base images; `step` is called with each result."""
    names = list(company.store.read().bases)
    deadline = Deadline.after(30, clock.monotonic)
    return check_digests(lambda: company.now, company.store, registries, names, deadline, lambda *_: step)


def reference(host: str, text: str) -> ImageReference:
    """An image at a host."""
    return ImageReference.parse(f"{host}/{text}")


@pytest.mark.parametrize("drip", ["a status line", "a header", "many headers", "answers before the answer"])
def test_a_registry_that_drips_does_not_delay_others(drip: str, clock: Clock) -> None:
    """What the other registry answers is recorded; the one that drips gets an error of its own."""
    noted = threading.Event()

    def before_each() -> None:
        assert noted.wait(60)
        # A moment more than a request may take, and less than a round.
        if clock.now() < NOW + timedelta(seconds=WHOLE_SECONDS):
            clock.sleep(7)

    with GoodRegistry() as good, DrippingHost(DRIPS[drip], before_each) as slow, asked(clock, {}) as registries:
        company = tracking(f"{good.host}/team/base:1", f"{slow.host}/x/y:1")
        found = checked(company, registries, clock, noted.set)
        results = {each.repository: result for each, result in found.results.items()}
        bases = {base.image.repository: base for base in company.store.read().bases.values()}

        current = bases["team/base"].ledger.current
        assert current
        assert current.digest == good.digest("team/base")
    assert isinstance(results["x/y"], Unavailable)
    assert not isinstance(results["x/y"], KeptBack)
    assert bases["x/y"].error


def test_what_has_not_arrived_by_the_deadline_is_tried_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that is in progress at the deadline is a failure, and nobody waits for it."""
    monkeypatch.setattr("proxy.at_once._LAST_START_SECONDS", 0)
    released = threading.Event()
    with (
        GoodRegistry() as good,
        DrippingHost(DRIPS["a body"], lambda: hold(released)) as slow,
        asked(clock, {}) as registries,
    ):
        company = tracking(f"{good.host}/team/base:1", f"{slow.host}/x/y:1")
        names = list(company.store.read().bases)
        found = check_digests(lambda: company.now, company.store, registries, names, Deadline.after(1.0))
        released.set()

    results = {each.repository: result for each, result in found.results.items()}
    assert not isinstance(results["team/base"], OutsideFailure)
    assert isinstance(results["x/y"], Unavailable)
    assert "did not answer within the time of a round" in str(results["x/y"])


def hold(released: threading.Event) -> None:
    """Hold the answer until the test is over."""
    assert released.wait(60)


def test_a_registry_with_an_impossible_address_is_its_own_failure(clock: Clock) -> None:
    """Its client cannot even be made; the others are checked."""
    with GoodRegistry() as good, asked(clock, {}) as registries:
        company = tracking(f"{good.host}/team/base:1", "registry.example.com:99999/a:1")
        found = checked(company, registries, clock, lambda: None)

    results = {each.repository: result for each, result in found.results.items()}
    assert isinstance(results["a"], AddressRefused)
    assert not isinstance(results["team/base"], OutsideFailure)


@pytest.mark.parametrize("error", [ValueError("odd"), RecursionError(), KeyError("a")])
@pytest.mark.parametrize("method", ["check", "manifest"])
def test_an_error_of_one_registry_is_its_own(error: Exception, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is raised, where the digests are checked and where manifests are read."""
    company = tracking("good.example.com/a:1", "odd.example.com/b:1")
    company.move("good.example.com/a:1", "a new")
    company.move("odd.example.com/b:1", "b new")
    asked_before = getattr(company.registry, method)

    def odd(about: object, *others: object) -> object:
        if "odd.example.com" in str(about):
            raise error
        return asked_before(about, *others)

    monkeypatch.setattr(company.registry, method, odd)
    found = check_digests(
        lambda: company.now, company.store, company.registry, list(company.store.read().bases), Deadline.after(60)
    )

    results = {each.registry: result for each, result in found.results.items()}
    odd_one = results["odd.example.com"]
    assert isinstance(odd_one.failure if isinstance(odd_one, UnreadDigest) else odd_one, OutsideFailure)
    assert isinstance(results["good.example.com"], Manifest)


def test_a_base_of_one_team_that_never_answers_delays_no_rebuild_of_another() -> None:
    """The other team's image is rebuilt when its base moved; its checks go on in each round."""
    company, released = Company(), threading.Event()
    policy = AddressPolicy(insecure_registries=(LOOPBACK,))
    transport = Transport(policy, now=lambda: company.now, sleep=lambda _: None, whole_seconds=0.5)
    with GoodRegistry() as good, DrippingHost(DRIPS["a header"], lambda: hold(released)) as silent:
        company.enroll("portal", f"FROM {good.host}/library/node:22\n")
        company.enroll("evil", f"FROM {silent.host}/x/y:1\n")
        credentials = RegistryCredentials(DockerConfig(), {})
        company.round.registries = Registries(transport, credentials, mirrors={"ghcr.io": good.url})
        company.round.run()
        good.versions["library/node"] = 1
        for _ in range(3):
            company.after(timedelta(minutes=15))
            looked = FakeImageIndex.neighbours(company.index, ["portal"])["portal"].last_checked
            assert looked == company.now
        company.after(7 * DAY + WINDOW)
        company.after(WINDOW)
        assert [each.source.repo for each in company.builds.dispatches] == ["acme/portal"]
        assert "did not answer completely" in str(company.store.read().bases[_named(company, silent.host)].error)
        released.set()
        transport.close()


def _named(company: Company, host: str) -> str:
    """The name of the base image at a host."""
    return next(name for name, base in company.store.read().bases.items() if base.image.registry == host)
