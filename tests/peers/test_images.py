"""Pushing tiny images."""

import pytest
import requests

from tests.peers.image_documents import DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST
from tests.peers.images import push, repoint, retag
from tests.peers.registry import DockerRegistry


def digest(registry: DockerRegistry, reference: str) -> str:
    """The digest that the registry returns for app:reference."""
    accept = ", ".join((OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST))
    answer = requests.head(f"{registry.url}/v2/app/manifests/{reference}", headers={"Accept": accept}, timeout=60)
    answer.raise_for_status()
    return answer.headers["Docker-Content-Digest"]


def tags(registry: DockerRegistry) -> list[str]:
    """All tags of app."""
    return sorted(requests.get(f"{registry.url}/v2/app/tags/list", timeout=60).json()["tags"])


def test_the_same_arguments_give_the_same_digest(registry: DockerRegistry) -> None:
    """Digests are reproducible and equal to the registry's."""
    first = push(registry.url, "app", ["1", "latest"])

    assert push(registry.url, "app", ["2"]) == first
    assert {digest(registry, tag) for tag in ("1", "2", "latest")} == {first.digest}


def test_other_content_gives_another_digest(registry: DockerRegistry) -> None:
    """A tag that is pushed again with other content has another digest."""
    old = push(registry.url, "app", ["1"], content="old")
    new = push(registry.url, "app", ["1"], content="new")

    assert old.digest != new.digest
    assert digest(registry, "1") == new.digest


def test_a_repointed_index_keeps_its_children(registry: DockerRegistry) -> None:
    """Only the digest of the index changes."""
    image = push(registry.url, "app", ["1"], platforms=("linux/amd64", "linux/arm/v7"))

    moved = repoint(registry.url, "app", ["1"], image, "made again")

    assert (moved.digest != image.digest, moved.platforms) == (True, image.platforms)
    assert digest(registry, "1") == moved.digest


def test_a_single_image_cannot_be_repointed(registry: DockerRegistry) -> None:
    """An image without an index is refused."""
    image = push(registry.url, "app", ["1"])

    with pytest.raises(ValueError, match="only an OCI index"):
        repoint(registry.url, "app", ["1"], image, "made again")


def test_an_image_starts_with_the_layers_of_its_base(registry: DockerRegistry) -> None:
    """The first layers are those of the base image, also in another repository."""
    base = push(registry.url, "base", ["1"], content="base")

    image = push(registry.url, "app", ["1"], content="app", base=base)

    layers = image.layers["linux/amd64"]
    assert layers[:1] == base.layers["linux/amd64"]
    assert len(layers) == 2
    stored = requests.get(f"{registry.url}/v2/app/manifests/1", headers={"Accept": OCI_MANIFEST}, timeout=60).json()
    assert [layer["digest"] for layer in stored["layers"]] == [layer.digest for layer in layers]


@pytest.mark.parametrize(
    ("platforms", "docker", "media_type"),
    [
        (("linux/amd64",), False, OCI_MANIFEST),
        (("linux/amd64",), True, DOCKER_MANIFEST),
        (("linux/amd64", "linux/arm64"), False, OCI_INDEX),
        (("linux/amd64", "linux/arm64"), True, DOCKER_LIST),
    ],
)
def test_both_families_of_media_types(
    registry: DockerRegistry, platforms: tuple[str, ...], docker: bool, media_type: str
) -> None:
    """Documents of Docker and of OCI are accepted, with the type of their header."""
    pushed = push(registry.url, "app", ["1"], platforms=platforms, docker_media_types=docker)

    assert pushed.media_type == media_type
    assert digest(registry, "1") == pushed.digest


def test_a_tag_can_point_to_an_older_manifest(registry: DockerRegistry) -> None:
    """Retagging moves a tag without a push of an image."""
    old = push(registry.url, "app", ["1"], content="old")
    push(registry.url, "app", ["latest"], content="new")

    assert retag(registry.url, "app", "1", "latest") == old.digest
    assert retag(registry.url, "app", old.digest, "3") == old.digest
    assert digest(registry, "latest") == old.digest


def test_a_signature_is_listed_as_a_tag(registry: DockerRegistry) -> None:
    """A signed image has cosign's tag in addition to its own."""
    pushed = push(registry.url, "app", ["1"], sign=True)

    assert tags(registry) == ["1", pushed.digest.replace(":", "-") + ".sig"]
