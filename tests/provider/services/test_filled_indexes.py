"""Indexes that get their images one after the other, read by the real client from a registry on loopback."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest

from catalog.reference import Digest
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.fakes.registry import OCI_INDEX, digest_of
from tests.peers.exchange import Answer, Request
from tests.provider.services.good_registry import MANIFEST, GoodRegistry
from tests.provider.services.world import DAY, HOUR, MINUTE, START, WINDOW, Company
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

BOTH = {"linux/amd64": "1", "linux/arm64": "1"}
Index = Mapping[str, str]


def digest(body: bytes) -> Digest:
    """The digest of a document."""
    return Digest(f"sha256:{hashlib.sha256(body).hexdigest()}")


def image(platform: str, content: str) -> bytes:
    """The manifest of one platform."""
    config = {"digest": digest_of(f"{platform} {content}"), "size": 1}
    return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}).encode()


def index(images: Index) -> bytes:
    """An index over the images of these platforms; `windows(VERSION)/amd64` has a version of Windows."""
    children = []
    for name, content in images.items():
        system, architecture = name.split("/")
        system, _, version = system.removesuffix(")").partition("(")
        platform = {"os": system, "architecture": architecture, **({"os.version": version} if version else {})}
        children.append({"digest": digest(image(name, content)), "size": 1, "platform": platform})
    return json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children}).encode()


class Base:
    """The base image node:22, whose index changes."""

    def __init__(self) -> None:
        self.now: Index = {}
        self.known: dict[str, bytes] = {}

    def become(self, images: Index) -> Digest:
        """Let the tag point to an index."""
        self.now = images
        self.known |= {digest(image(*each)): image(*each) for each in images.items()}
        self.known[digest(index(images))] = index(images)
        return digest(index(images))

    def answer(self, request: Request) -> Answer:
        """Answer a request for a manifest."""
        which = request.path.rpartition("/")[2]
        body = self.known.get(which) if which.startswith("sha256:") else index(self.now)
        if body is None:
            return Answer(404)
        media_type = OCI_INDEX if b"manifests" in body else MANIFEST
        return Answer(200, body, (("Docker-Content-Digest", digest(body)), ("Content-Type", media_type)))


@contextmanager
def built_from(base: Base, platforms: tuple[str, ...]) -> Iterator[Company]:
    """A company whose image is built from it for these platforms, after its first round."""
    clock = Clock(START)
    with GoodRegistry() as registry, open_transport(clock, "127.0.0.1") as transport:
        registry.odd["library/node"] = base.answer
        company = Company()
        company.enroll("portal", platforms=platforms)
        company.round.registries = _mirrored(transport, registry.url)
        company.round.run()
        yield company


def _mirrored(transport: Transport, url: str) -> Registries:
    credentials = RegistryCredentials(DockerConfig(), {})
    return Registries(transport, credentials, mirrors={"docker.io": url, "ghcr.io": url})


def passed(company: Company) -> list[Digest]:
    """The digests of the dispatched rebuilds."""
    return [target.digest for request in company.builds.dispatches for target in request.targets]


@pytest.mark.parametrize(
    ("before", "partial", "platforms"),
    [
        (BOTH, {"linux/amd64": "2"}, ("linux/amd64", "linux/arm64")),
        (BOTH, {"linux/arm64": "2"}, ("linux/amd64", "linux/arm64")),
        ({**BOTH, "linux/s390x": "1"}, {**dict.fromkeys(BOTH, "2")}, ("linux/amd64", "linux/s390x")),
        (BOTH, {"linux/amd64": "2"}, ("linux/arm64",)),
    ],
)
def test_a_partial_index_is_never_what_gets_built(before: Index, partial: Index, platforms: tuple[str, ...]) -> None:
    """Not while it is the newest that has aged; the complete index is built when it has aged itself."""
    base = Base()
    base.become(before)
    with built_from(base, platforms) as company:
        company.now = START + HOUR
        base.become(partial)
        company.round.run()
        assert "but the new index has no " in company.status()[1]
        company.now = START + 2 * HOUR
        complete = base.become(dict.fromkeys(before, "2"))
        company.round.run()
        company.now = START + HOUR + 7 * DAY + WINDOW
        company.round.run()
        assert passed(company) == []
        company.now = START + 2 * HOUR + 7 * DAY + WINDOW + MINUTE
        company.round.run()

        assert passed(company) == [complete]


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_each_version_of_windows_counts(changed: int) -> None:
    """Whichever of them gets a security update."""
    versions = ["windows(10.0.26100.1)/amd64", "windows(10.0.20348.1)/amd64", "windows(10.0.17763.1)/amd64"]
    base = Base()
    base.become(dict.fromkeys(versions, "1"))
    with built_from(base, ("windows/amd64",)) as company:
        company.now = START + HOUR
        new = base.become({**dict.fromkeys(versions, "1"), versions[changed]: "2"})
        company.round.run()
        company.now = START + HOUR + 7 * DAY + WINDOW + timedelta(minutes=1)
        company.round.run()

        assert passed(company) == [new]
