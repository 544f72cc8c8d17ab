"""The second real registry where it differs from others: lost manifests, schema 1, no 304, digests among the tags."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.reference import Digest, ImageReference
from proxy.errors import NotFound
from proxy.ports import Unchanged
from tests.contracts.version_world import World, open_world
from tests.peers.fixtures import peers_installed
from tests.peers.images import push
from tests.peers.process import require
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import DEFAULT_LOGIN
from tests.peers.zuul_registry import ZuulRegistry
from tests.proxy.clocks import Clock

PLATFORMS = ("linux/amd64", "linux/arm64")


@pytest.fixture
def zuul(tmp_path: Path) -> Iterator[ZuulRegistry]:
    """An empty registry that wants a login for everything."""
    with peers_installed(), ZuulRegistry(tmp_path, login=DEFAULT_LOGIN, private=True) as running:
        yield running


@pytest.fixture
def world(zuul: ZuulRegistry) -> Iterator[World]:
    """Versions of its images, signed in."""
    with open_world(Clock(), mirrors={zuul.host: zuul.url}) as world:
        yield world


def test_versions_are_listed_with_platforms_and_aliases(zuul: ZuulRegistry, world: World) -> None:
    """Signatures, attestations and the digests of children are no versions."""
    image = push(
        zuul.url,
        "team/app",
        ["1.0.0", "1.1.0", "latest"],
        platforms=PLATFORMS,
        attest=True,
        sign=True,
        credentials=DEFAULT_LOGIN,
    )
    page = world.page(f"{zuul.host}/team/app")

    assert [version.tag for version in page.items] == ["1.1.0", "1.0.0", "latest"]
    assert {version.digest for version in page.items} == {image.digest}
    assert page.items[0].aliases == ("1.0.0", "latest")
    assert {f"{each.os}/{each.architecture}": each.digest for each in page.items[0].platforms} == image.platforms


def test_a_lost_manifest_whose_tag_is_still_listed_is_a_row_with_its_reason(zuul: ZuulRegistry, world: World) -> None:
    """The others are shown, and the digest of the lost one is not found."""
    lost = push(zuul.url, "team/app", ["1.0.0"], content="lost", credentials=DEFAULT_LOGIN)
    kept = push(zuul.url, "team/app", ["2.0.0"], content="kept", credentials=DEFAULT_LOGIN)
    zuul.lose(lost.digest)
    newest, poor = world.page(f"{zuul.host}/team/app").items

    assert (newest.tag, newest.digest, newest.problem) == ("2.0.0", kept.digest, None)
    assert (poor.tag, poor.digest) == ("1.0.0", None)
    assert "404" in str(poor.problem)
    with pytest.raises(NotFound):
        world.upstreams.registry.digest(ImageReference(zuul.host, "team/app", "1.0.0"))


def test_an_image_that_did_not_change_is_unchanged_without_a_304(zuul: ZuulRegistry, world: World) -> None:
    """The registry ignores If-None-Match."""
    image = push(zuul.url, "team/app", ["1.0.0"], credentials=DEFAULT_LOGIN)
    reference = ImageReference(zuul.host, "team/app", "1.0.0")

    assert world.upstreams.registry.digest(reference, Digest(image.digest)) == Unchanged()


def test_an_old_schema_1_image_is_watched_by_its_digest(
    zuul: ZuulRegistry, world: World, registry: DockerRegistry
) -> None:
    """Skopeo pushed it; a new one has another digest."""
    digests = set()
    for content in ("one", "two"):
        push(registry.url, "team/app", [content], content=content, docker_media_types=True)
        with peers_installed():
            command = [require("skopeo", "skopeo"), "copy", "--quiet", "--format", "v2s1"]
        login = f"{DEFAULT_LOGIN.user}:{DEFAULT_LOGIN.password}"
        options = ["--src-tls-verify=false", "--dest-tls-verify=false", "--dest-creds", login]
        places = [f"docker://{registry.host}/team/app:{content}", f"docker://{zuul.host}/team/old:1.0"]
        subprocess.run([*command, *options, *places], check=True, capture_output=True)
        image = ImageReference(zuul.host, "team/old", "1.0")
        digest = world.upstreams.registry.digest(image)
        assert isinstance(digest, str)
        assert world.upstreams.registry.manifest(image).digest == digest
        digests.add(digest)

    assert len(digests) == 2
    assert [version.tag for version in world.page(f"{zuul.host}/team/old").items] == ["1.0"]
