"""A registry by the distribution specification, in cases that the contract suite does not cover."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.reference import ImageReference
from proxy.errors import Garbage, NotFound
from proxy.http.transport import Transport
from proxy.ports import Unchanged
from proxy.registries.manifests import body_digest
from proxy.registries.oci import OciRegistry
from proxy.registries.router import Registries
from tests.fakes.registry import OCI_MANIFEST, digest_of
from tests.peers.exchange import Answer, Request
from tests.peers.fixtures import peers_installed
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost, in_turn, open_transport, registries


@pytest.fixture
def transport() -> Iterator[Transport]:
    """A transport that may reach loopback by plain http."""
    with open_transport(Clock()) as transport:
        yield transport


@pytest.fixture
def all_registries(transport: Transport) -> Registries:
    """All registries, without credentials."""
    return registries(transport)


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    """A scripted registry."""
    with ScriptedHost(lambda _: FOUND) as host:
        yield host


@pytest.fixture
def paging(tmp_path: Path) -> Iterator[RegistryFront]:
    """A real registry whose tag lists have pages of ten."""
    with peers_installed(), DockerRegistry(tmp_path) as registry, RegistryFront(registry.url) as front:
        front.largest_page = 10
        yield front


def test_a_registry_is_its_own_api_host() -> None:
    """Each of its requests counts against its limit."""
    assert OciRegistry.api_host("quay.io") == "quay.io"
    assert OciRegistry.counts("HEAD", "/v2/a/manifests/1")


def test_all_types_and_the_known_digest_are_sent(all_registries: Registries, host: ScriptedHost) -> None:
    """304 and an equal digest both mean unchanged; 304 without a known digest is garbage."""
    reference = host.image("team/app:1")
    assert all_registries.digest(reference, DIGEST) == Unchanged()
    host.script = in_turn(Answer(304))
    assert all_registries.digest(reference, DIGEST) == Unchanged()
    with pytest.raises(Garbage, match="304"):
        all_registries.digest(reference)

    assert host.asked == ["HEAD /v2/team/app/manifests/1"] * 3
    assert host.requests[0].headers["If-None-Match"] == f'"{DIGEST}"'
    assert host.requests[0].headers["Accept"].count("application/vnd.") == 6
    assert host.requests[2].headers["If-None-Match"] is None


def test_a_manifest_with_another_digest_is_garbage(all_registries: Registries, host: ScriptedHost) -> None:
    """The bytes must have the requested digest, or the one in the header."""
    host.script = lambda _: Answer(200, b"{}", (("Docker-Content-Digest", DIGEST),))

    for reference in (host.image("a:1"), host.image("a").at(digest_of("pinned"))):
        with pytest.raises(Garbage, match="instead of"):
            all_registries.manifest(reference)


@pytest.mark.parametrize("absolute", [True, False])
def test_pages_are_followed(all_registries: Registries, paging: RegistryFront, absolute: bool) -> None:
    """All pages of a real registry's list are read by Link in either form, each when it is needed."""
    tags = [f"1.{number}" for number in range(25)]
    push(paging.url, "app", tags)
    paging.absolute_links = absolute
    paging.log.clear()
    listed = all_registries.tags(ImageReference(paging.host, "app"))
    first = [next(listed) for _ in range(10)]
    assert len(paging.log) == 1

    assert sorted(first + list(listed)) == sorted(tags)
    assert len(paging.log) == 3


def test_a_configuration_may_be_on_another_host(all_registries: Registries, host: ScriptedHost) -> None:
    """The redirect is followed without credentials, and the content is verified."""
    config = json.dumps({"config": {"Labels": {"a": "b"}}}).encode()
    manifest = json.dumps(
        {"mediaType": OCI_MANIFEST, "config": {"digest": body_digest(config), "size": 1}, "layers": []}
    ).encode()
    with ScriptedHost(lambda _: Answer(200, config)) as storage:

        def play(request: Request) -> Answer:
            if "/blobs/" in request.path:
                return Answer(307, b"", (("Location", f"{storage.url}/blob?signature=s"),))
            return Answer(200, manifest)

        host.script = play
        assert all_registries.labels(host.image("a:1")) == {"a": "b"}
        storage.script = lambda _: Answer(200, b'{"config": {"Labels": {"evil": "yes"}}}')
        with pytest.raises(Garbage, match="instead of"):
            all_registries.labels(host.image("a:1"))


def test_an_index_without_images_has_no_labels_to_read(all_registries: Registries, host: ScriptedHost) -> None:
    """The message lists the platforms of the index."""
    body = b'{"mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}'
    host.script = lambda _: Answer(200, body)
    with pytest.raises(NotFound, match="no image for any platform; it has: none"):
        all_registries.labels(host.image("a:1"))
