"""Versions while the API that knows their dates does not answer, with all parts of a process."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from catalog.reference import ImageReference
from provider.composition.web import _upstreams
from proxy.version_types import VersionPage, VersionQuery
from tests.contracts.hosted_registries import DIALECTS, PUBLIC, TAGS, HostedRegistry
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.internet import internet
from tests.peers.loopback import Respond
from tests.provider.composition.checking import Service
from tests.proxy.versions.settling import whole_page

QUERY = VersionQuery(None, None, 1, 20, refresh=False)
TOKEN = "ghp_0123456789012345678901234567890123ab"


def hosted(host: str) -> HostedRegistry:
    """A registry by the name of its host."""
    return HostedRegistry(next(dialect for dialect in DIALECTS if dialect.host == host))


def page(hosts: Mapping[str, Respond], image: ImageReference, folder: Path, **settings: str) -> VersionPage:
    """The versions of an image as the API and the pages get them, once everything was read."""
    with internet(dict(hosts), folder) as network, Service(folder, {**network, **settings}).parts() as parts:
        return whole_page(_upstreams(parts)[1].versions, image, QUERY)


class Recorder:
    """A host that gives one answer, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        self.asked.append(request.path)
        return self.answer


REFUSALS = [
    Answer(401),
    json_answer(403, {"message": "access denied"}),
    json_answer(404, {"message": "object not found"}),
    Answer(429, b"", (("Retry-After", "60"),)),
    Answer(503),
    Answer(200, b"<html>sign in</html>"),
    None,
]


@pytest.mark.parametrize("answer", REFUSALS, ids=lambda answer: str(answer.status) if answer else "unreachable")
def test_without_docker_hub_s_api_the_registry_is_read(answer: Answer | None, tmp_path: Path) -> None:
    """Whether it refuses, fails, sends a login page, or cannot be reached from here."""
    hub = hosted("docker.io")
    hosts: dict[str, Respond] = dict.fromkeys(hub.hosts, hub.answer)
    if answer:
        hosts["hub.docker.com"] = Recorder(answer)
    found = page(hosts, ImageReference("docker.io", PUBLIC), tmp_path)

    assert sorted(version.tag for version in found.items) == sorted(TAGS)
    assert {version.digest for version in found.items} == {hub.digest}


@pytest.mark.parametrize("written", ["docker.io", "index.docker.io", "registry-1.docker.io", "Docker.IO:443"])
def test_where_a_mirror_serves_docker_io_docker_hub_gets_no_request(written: str, tmp_path: Path) -> None:
    """The mirror lists the versions, with digests and platforms."""
    mirror, api = hosted("mirror.gcr.io"), Recorder(Answer(500))
    hosts: dict[str, Respond] = {**dict.fromkeys(mirror.hosts, mirror.answer), "hub.docker.com": api}
    found = page(
        hosts, ImageReference("docker.io", PUBLIC), tmp_path, REGISTRY_MIRRORS=f"{written}=https://mirror.gcr.io"
    )

    assert sorted(version.tag for version in found.items) == sorted(TAGS)
    assert all(version.digest == mirror.digest and version.platforms for version in found.items)
    assert api.asked == []


@pytest.mark.parametrize("answer", REFUSALS, ids=lambda answer: str(answer.status) if answer else "unreachable")
@pytest.mark.parametrize("token", ["", TOKEN])
def test_without_github_s_list_of_packages_the_registry_is_read(
    token: str, answer: Answer | None, tmp_path: Path
) -> None:
    """A 404 may mean a token that may not see the package, which ghcr.io shows to anybody."""
    ghcr = hosted("ghcr.io")
    hosts: dict[str, Respond] = dict.fromkeys(ghcr.hosts, ghcr.answer)
    if answer:
        hosts["api.github.com"] = Recorder(answer)
    settings = {"GITHUB_TOKEN": token} if token else {}
    found = page(hosts, ImageReference("ghcr.io", PUBLIC), tmp_path, **settings)

    assert sorted(version.tag for version in found.items) == sorted(TAGS)
    assert {version.digest for version in found.items} == {ghcr.digest}
