"""Tests of container images as a source: tags, digests and the number of requests."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.services.editing import RepositoryEditing, RepositoryRequest
from provider.tracker.services.polling import Poller
from provider.tracker.sources.container import DIGESTS, ContainerReleases
from proxy.errors import AddressRefused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.fakes.outbox import FakeOutbox
from tests.fakes.tracker_store import FakeTrackerStore
from tests.peers.images import push
from tests.peers.process import LOOPBACK
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport, registries

NAME = "acme/portal"


@pytest.fixture
def source() -> Iterator[ContainerReleases]:
    """The source, which may use plain http for loopback."""
    with open_transport(Clock(), LOOPBACK) as transport:
        yield ContainerReleases(registries(transport))


def address(front: RegistryFront) -> Address:
    """The address of the repository."""
    return parse_address(f"{front.host}/{NAME}", RepositoryType.CONTAINER)


def requests(front: RegistryFront, kind: str, since: int = 0) -> int:
    """The number of requests for manifests and tags."""
    return sum(kind in request.path for request in front.log[since:])


def test_tracker_only_image_tags_in_semver_form_are_releases(front: RegistryFront, source: ContainerReleases) -> None:
    """Strict versions with or without `v` count, others depend on the form, and signatures never count."""
    image = push(front.url, NAME, ["1.2.3", "v1.2.4", "1.2", "1.2.3-alpine", "latest"], sign=True)

    def versions(form: TagForm) -> set[str]:
        outcome = source.poll(address(front), wanted=WantedVersions(form), memory=None)
        assert isinstance(outcome, Found)
        assert {release.hash for release in outcome.releases if release.version[-1].isdigit()} <= {image.digest}
        return {release.version for release in outcome.releases}

    assert versions(TagForm.SEMVER) == {"1.2.3", "v1.2.4", "1.2.3-alpine"}
    assert versions(TagForm.PARTIAL) == {"1.2.3", "v1.2.4", "1.2", "1.2.3-alpine"}
    assert versions(TagForm.ANY) == {"1.2.3", "v1.2.4", "1.2", "1.2.3-alpine", "latest"}


def test_tracker_twelve_thousand_tags_cost_no_request_each(
    registry: DockerRegistry, front: RegistryFront, source: ContainerReleases
) -> None:
    """The first poll reads only the highest digests; later polls read the list and the new tags."""
    digest = push(front.url, NAME, ["latest"]).digest
    registry.add_tags(NAME, digest, (f"1.{number}.0" for number in range(12_000)))
    front.largest_page = 1000

    first = source.poll(address(front), wanted=WantedVersions(TagForm.SEMVER), memory=None)
    assert isinstance(first, Found)
    assert len(first.releases) == 12_000
    assert {release.version for release in first.releases if release.hash} == {
        f"1.{number}.0" for number in range(12_000 - DIGESTS, 12_000)
    }
    since = len(front.log)
    assert (
        source.poll(address(front), wanted=WantedVersions(TagForm.SEMVER), memory=first.memory, thorough=False)
        == UnchangedList()
    )
    assert (requests(front, "/tags/list", since), requests(front, "/manifests/", since)) == (13, 0)

    registry.add_tags(NAME, digest, ["0.9.9"])
    since = len(front.log)
    known = tuple(release.version for release in first.releases)
    second = source.poll(
        address(front), wanted=WantedVersions(TagForm.SEMVER), memory=first.memory, known=known, thorough=False
    )
    assert isinstance(second, Found)
    assert [release.version for release in second.releases if release.hash == digest] == ["0.9.9"]
    assert requests(front, "/manifests/", since) == 1


def test_tracker_tags_are_read_at_the_registrys_endpoint(front: RegistryFront, source: ContainerReleases) -> None:
    """This is true even if the address is the endpoint itself."""
    push(front.url, NAME, ["1.0.0"])
    written = parse_address(f"http://{front.host}/v2/{NAME}/tags/list", RepositoryType.CONTAINER)
    since = len(front.log)

    outcome = source.poll(written, wanted=WantedVersions(TagForm.SEMVER), memory=None)

    assert isinstance(outcome, Found)
    assert [release.version for release in outcome.releases] == ["1.0.0"]
    lists = [request.path for request in front.log[since:] if request.method == "GET"]
    assert lists == [f"/v2/{NAME}/tags/list"]


@pytest.mark.parametrize("status", [404, 403, 400, 410])
def test_a_broken_image_is_a_release_without_a_digest(
    front: RegistryFront, source: ContainerReleases, status: int
) -> None:
    """The release is found without its digest, which the next poll asks for again."""
    image = push(front.url, NAME, ["1.0.0", "1.0.1"])
    for method in ("HEAD", "GET"):
        front.fail(method, "manifests/1.0.1", status, times=10)

    outcome = source.poll(address(front), wanted=WantedVersions(TagForm.SEMVER), memory=None)

    assert isinstance(outcome, Found)
    assert {release.version: release.hash for release in outcome.releases} == {"1.0.0": image.digest, "1.0.1": None}
    front.heal()
    again = source.poll(
        address(front), wanted=WantedVersions(TagForm.SEMVER), memory=outcome.memory, known=("1.0.0",), thorough=False
    )
    assert isinstance(again, Found)
    assert {release.version: release.hash for release in again.releases} == {"1.0.0": None, "1.0.1": image.digest}


@pytest.mark.parametrize(("method", "path"), [("GET", "tags/list"), ("HEAD", "manifests/")])
def test_tracker_a_rate_limit_of_a_registry_has_its_reset(
    front: RegistryFront, source: ContainerReleases, method: str, path: str
) -> None:
    """A rate limit on the list or on a digest ends the poll, because a digest that is skipped would stay empty."""
    push(front.url, NAME, ["1.0.0"])
    front.fail(method, path, 429, headers={"Retry-After": "600"}, times=10)

    with pytest.raises(Unavailable) as caught:
        source.poll(address(front), wanted=WantedVersions(TagForm.SEMVER), memory=None)

    assert caught.value.retry_at is not None


def test_tracker_a_registry_at_a_private_address_is_refused() -> None:
    """It is read only if its host is listed."""
    policy = AddressPolicy(resolver=lambda *_: ["169.254.169.254"])
    clock = Clock()
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    source = ContainerReleases(Registries(transport, RegistryCredentials.load(None, {})))

    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254, which is not a public address"):
        source.poll(parse_address("registry.example.com/acme/app"), wanted=WantedVersions(TagForm.SEMVER), memory=None)


def test_tracker_variants_pushed_over_four_polls_are_one_release(
    front: RegistryFront, source: ContainerReleases
) -> None:
    """One release is announced, it gets the digest of the plain tag, and no digest of a variant is read for it."""
    clock, outbox = Clock(), FakeOutbox()
    poller = Poller(FakeTrackerStore(outbox), {source.type: source}, clock.now, timedelta(hours=1))
    editing = RepositoryEditing(poller.store, poller, clock.now)
    push(front.url, NAME, ["1.0.0"])
    tracked = editing.add(RepositoryRequest(f"{front.host}/{NAME}", source.type))[0]
    pushes = (["1.1.0-amd64"], ["1.1.0-arm64v8"], ["1.1.0-alpine", "1.1.0-bookworm", "1.1.0-debug"], ["1.1.0"])
    digests, hashes, asked = [], [], []
    for tags in pushes:
        digests.append(push(front.url, NAME, tags, content=tags[0]).digest)
        clock.sleep(3600)
        since = len(front.log)
        poller.poll_one(tracked.id)
        asked.append(requests(front, "/manifests/", since))
        hashes.append(poller.store.releases(tracked.id, 1).items[0].hash)

    newest = poller.store.releases(tracked.id, 9).items[0]
    assert (newest.version, newest.tag, newest.moved) == ("1.1.0", None, None)
    assert newest.variants == tuple(sorted(tag for tags in pushes[:3] for tag in tags))
    assert (hashes[0], hashes[-1]) == (digests[0], digests[-1])
    (message,) = [kept.message for kept in outbox.kept.values()]
    told = message.body["releases"]
    assert isinstance(told, list)
    assert [one["version"] for one in told] == ["1.1.0"]
    assert asked[1] == 0
