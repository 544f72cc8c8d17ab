"""What rows say of what people store in a real registry, and how many requests that costs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.version_types import Version, VersionQuery
from tests.contracts.version_world import World, open_world
from tests.peers.image_documents import OCI, Blob, Document, signature
from tests.peers.images import push
from tests.peers.odd_images import CACHE, EMPTY, HELM, artifact, put, put_referrers, put_windows, statement
from tests.peers.registry_front import RegistryFront
from tests.proxy.clocks import Clock

PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x")
SPDX = "https://spdx.dev/Document"
LABELS = {
    "org.opencontainers.image.revision": "4f2a0c1",
    "org.opencontainers.image.source": "https://github.com/acme/app",
    "org.opencontainers.image.version": "1.2.0",
}


@pytest.fixture
def clock() -> Clock:
    """A clock that advances only by sleeping."""
    return Clock()


@pytest.fixture
def world(clock: Clock, front: RegistryFront) -> Iterator[World]:
    """Versions from the real registry behind the front."""
    with open_world(clock, mirrors={front.host: front.url}) as world:
        yield world


def rows(world: World, front: RegistryFront, repository: str = "team/app") -> dict[str, Version]:
    """The rows of the first page by tag."""
    return {version.tag: version for version in world.page(f"{front.host}/{repository}").items}


def opened(world: World, front: RegistryFront, tag: str, repository: str = "team/app") -> Version:
    """One version with all details."""
    return world.versions.version(ImageReference.parse(f"{front.host}/{repository}"), tag, refresh=False)


def asked(front: RegistryFront) -> list[str]:
    """The requests for manifests, blobs and referrers."""
    return [
        f"{seen.method} {seen.target}" for seen in front.log if "/tags/" not in seen.target and seen.target != "/v2/"
    ]


def test_each_row_says_what_it_holds(world: World, front: RegistryFront) -> None:
    """Charts, artifacts and caches of builds are stored under ordinary tags; only images have platforms."""
    push(front.url, "team/app", ["1.0.0"], platforms=PLATFORMS[:2], attest=True)
    push(front.url, "team/app", ["docker"], docker_media_types=True, content="docker")
    cached = [
        {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": Blob.raw(b"layer").digest, "size": 5},
        {"mediaType": CACHE, "digest": Blob.raw(b"{}").digest, "size": 2},
    ]
    index = {"schemaVersion": 2, "mediaType": OCI.index, "manifests": cached}
    put(
        front.url,
        "team/app",
        {
            "chart": artifact(HELM, "application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
            "sbom": artifact(EMPTY, "application/spdx+json", artifactType="application/spdx+json"),
            "flux": artifact("application/vnd.cncf.flux.config.v1+json", "application/x-tar"),
            "wasm": artifact("application/vnd.wasm.config.v0+json", "application/wasm"),
            "cache": artifact(CACHE, "application/vnd.oci.image.layer.v1.tar+gzip"),
            "cache-index": Document(Blob.of(index), OCI.index, (Blob.raw(b"layer"), Blob.raw(b"{}"))),
        },
    )
    found = rows(world, front)

    assert {tag: version.kind for tag, version in found.items()} == {
        "1.0.0": "image",
        "docker": "image",
        "chart": "chart",
        "sbom": "artifact",
        "flux": "artifact",
        "wasm": "artifact",
        "cache": "cache",
        "cache-index": "cache",
    }
    assert {tag for tag, version in found.items() if version.platforms} == {"1.0.0", "docker"}
    assert all(version.digest and not version.problem for version in found.values())
    query = VersionQuery(None, None, 1, 20, refresh=False, kind="cache")
    cache = world.versions.page(ImageReference.parse(f"{front.host}/team/app"), query)
    assert ([version.tag for version in cache.items], cache.total, cache.unread) == (["cache", "cache-index"], 2, 0)


def test_a_row_has_the_labels_of_its_publisher(world: World, front: RegistryFront) -> None:
    """At once for an image of one platform; when it is opened for several, whose labels are in the children."""
    push(front.url, "team/app", ["one"], labels=LABELS)
    push(front.url, "team/app", ["several"], labels=LABELS, platforms=PLATFORMS, content="several")
    found = rows(world, front)

    assert (found["one"].revision, found["one"].source, found["one"].version) == tuple(LABELS.values())
    assert str(found["one"].built_at) == "2024-01-02 03:04:05+00:00"
    assert (found["several"].revision, found["several"].built_at) == (None, None)
    several = opened(world, front, "several")
    assert (several.revision, several.source, several.version) == tuple(LABELS.values())
    assert several.built_at == found["one"].built_at


def test_signatures_and_statements_are_found(world: World, front: RegistryFront) -> None:
    """By cosign's tags, by the attestations of an index, and by the list of referrers, which is a tag here."""
    plain = push(front.url, "team/app", ["plain"], content="plain")
    push(front.url, "team/app", ["signed"], content="signed", sign=True)
    built = push(front.url, "team/app", ["built"], content="built", platforms=PLATFORMS[:2], attest=True)
    attested = push(front.url, "team/app", ["attested"], content="attested")
    referred = push(front.url, "team/app", ["referred"], content="referred")
    types = ["application/vnd.cncf.notary.signature", "application/spdx+json"]
    put_referrers(front.url, "team/app", referred.digest, types)
    put(
        front.url,
        "team/app",
        {
            f"{attested.digest.replace(':', '-')}.att": statement(SPDX),
            f"{attested.digest.replace(':', '-')}.sig": signature(),
        },
    )
    found = rows(world, front)

    assert set(found) == {"plain", "signed", "built", "attested", "referred"}
    marks = {tag: (version.signed, version.sbom, version.provenance) for tag, version in found.items()}
    assert marks == {
        "plain": (None, None, None),
        "signed": (True, None, None),
        "built": (None, None, None),
        "attested": (True, None, None),
        "referred": (None, None, None),
    }
    read = {tag: opened(world, front, tag) for tag in found}
    assert {tag: (version.signed, version.sbom, version.provenance) for tag, version in read.items()} == {
        "plain": (False, False, False),
        "signed": (True, False, False),
        "built": (False, False, True),
        "attested": (True, True, False),
        "referred": (True, True, False),
    }
    assert read["plain"].digest == plain.digest
    assert {each.digest for each in read["built"].platforms} == set(built.platforms.values())


def test_versions_of_windows_are_rows_of_their_own(world: World, front: RegistryFront) -> None:
    """Each has its version, its digest, and its size once the row is opened."""
    versions = ["10.0.26100.2314", "10.0.20348.2849", "10.0.17763.6532"]
    put_windows(front.url, "team/app", "ltsc", versions)

    assert [each.os_version for each in rows(world, front)["ltsc"].platforms] == versions
    platforms = opened(world, front, "ltsc").platforms
    assert (len({each.digest for each in platforms}), all(each.size for each in platforms)) == (3, True)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, None, "401"),
        (403, None, "403"),
        (404, None, "404"),
        (429, None, "429"),
        (200, "<html>sign in</html>", "a web page"),
        (200, '{"schemaVersion": 3}', None),
        (200, '{"schemaVersion": 2, "config": 7, "layers": "x"}', None),
    ],
)
def test_a_row_that_cannot_be_read_says_why(
    world: World, front: RegistryFront, status: int, body: str | None, said: str | None
) -> None:
    """Each failure looks different; the other rows are read."""
    push(front.url, "team/app", ["1.0.0", "2.0.0"])
    front.fail("GET", "/manifests/1.0.0", status, body=body, times=9)
    front.fail("HEAD", "/manifests/1.0.0", status if status != 200 else 404, times=9)
    found = rows(world, front)

    assert found["1.0.0"].problem
    assert (said or "") in found["1.0.0"].problem
    assert (found["1.0.0"].kind, found["1.0.0"].platforms) == (None, ())
    if status != 429:
        assert (found["2.0.0"].kind, found["2.0.0"].problem) == ("image", None)


def test_an_old_image_of_schema_1_has_a_platform_and_no_size(world: World, front: RegistryFront) -> None:
    """Its manifest is older than sizes and configurations."""
    old = (
        '{"schemaVersion": 1, "name": "team/app", "tag": "old", "architecture": "amd64", "fsLayers": [], "history": []}'
    )
    push(front.url, "team/app", ["old"])
    front.fail("GET", "/manifests/old", 200, body=old, times=9)
    version = rows(world, front)["old"]

    assert (version.kind, version.size) == ("image", None)
    assert version.problem == "an old schema 1 image, whose manifest names no sizes"
    assert [each.architecture for each in version.platforms] == ["amd64"]
    assert version.digest


def test_a_page_of_indexes_costs_one_request_a_row(world: World, front: RegistryFront) -> None:
    """20 images of 4 platforms: 20 manifests, where it was a HEAD, an index and 4 children for each, 120 requests."""
    for number in range(20):
        push(front.url, "team/app", [f"1.{number}.0"], platforms=PLATFORMS, content=str(number))
    front.log.clear()
    found = rows(world, front)

    assert (len(found), {len(version.platforms) for version in found.values()}) == (20, {4})
    assert len(asked(front)) == 20
    front.log.clear()
    world.clock.at += timedelta(minutes=6)
    rows(world, front)
    assert {request.partition(" ")[0] for request in asked(front)} == {"HEAD"}
    front.log.clear()
    assert opened(world, front, "1.3.0").size
    assert len([request for request in asked(front) if "/manifests/sha256:" in request]) == 4
