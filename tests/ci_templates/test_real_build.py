"""The script builds with buildah against a registry: the image is built from the digests that were passed."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalog.reference import Digest, ImageReference
from provider.domain.state import Target
from provider.services.image_clues import BASE_LABEL
from provider.services.source_reading.dockerfiles import BASE_NAME_LABEL
from tests.ci_templates.embedding import SCRIPT
from tests.peers.fixtures import peers_installed
from tests.peers.images import PushedImage, push
from tests.peers.process import PeerMissing, require
from tests.peers.registry import DockerRegistry

_SECONDS = 300
_ID = "sha256:"


@dataclass(frozen=True, slots=True)
class Buildah:
    """buildah with a storage of its own, which may use a registry without TLS.

    Attributes:
        folder: the build context.
        registry: the host of the registry.
    """

    folder: Path
    registry: str

    def build(self, *targets: Target, **settings: str) -> str:
        """Run the script; returns the digest that it pushed."""
        done = self._run(targets, settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return (self.folder / "digest").read_text()

    def _run(self, targets: tuple[Target, ...], settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
        values = {
            "engine": "buildah",
            "context": str(self.folder),
            "image": f"{self.registry}/acme/portal:latest",
            "arguments": "--isolation=chroot",
            "push_arguments": "--tls-verify=false",
            "digest_file": str(self.folder / "digest"),
            "base_images": json.dumps([target.document() for target in targets]),
            **settings,
        }
        ours = {
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.folder / "registries.conf"),
            "TMPDIR": str(self.folder),
        }
        named = {f"IMAGE_FACTORY_{name.upper()}": value for name, value in values.items()}
        return subprocess.run(
            ["sh", str(SCRIPT), "build"],
            env={**os.environ, **ours, **named},
            check=False,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )


@pytest.fixture
def buildah(tmp_path: Path, registry: DockerRegistry) -> Buildah:
    """An engine that builds as root, without a daemon."""
    with peers_installed():
        require("buildah", "buildah")
        if os.geteuid():
            raise PeerMissing("buildah builds here as root only: run this as root")
    folder = tmp_path / "context"
    folder.mkdir()
    storage = f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/storage"\nrunroot = "{folder}/run"\n'
    (folder / "storage.conf").write_text(storage)
    (folder / "registries.conf").write_text(f'[[registry]]\nlocation = "{registry.host}"\ninsecure = true\n')
    (folder / ".dockerignore").write_text("storage\nrun\ntmp*\n")
    return Buildah(folder, registry.host)


def _target(written: str, host: str, repository: str, tag: str, image: PushedImage) -> Target:
    return Target("name", written, ImageReference(host, repository, tag), Digest(image.digest), cause=True)


def _read(registry: DockerRegistry, reference: str) -> dict[str, Any]:
    """The image, as skopeo shows it."""
    with peers_installed():
        skopeo = require("skopeo", "skopeo")
    command = [skopeo, "inspect", "--tls-verify=false", f"docker://{registry.host}/acme/portal{reference}"]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _diff_ids(registry: DockerRegistry, reference: str) -> list[str]:
    with peers_installed():
        skopeo = require("skopeo", "skopeo")
    source = f"docker://{registry.host}/acme/portal{reference}"
    command = [skopeo, "inspect", "--config", "--tls-verify=false", source]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(json.loads(answer)["rootfs"]["diff_ids"])


@pytest.mark.parametrize("written", ["{host}/acme/base:1", "base"])
def test_the_image_is_built_from_the_passed_digests(buildah: Buildah, registry: DockerRegistry, written: str) -> None:
    """Not from what the tags point to meanwhile; its layers and its labels show it."""
    node = push(registry.url, "library/node", ["22"], content="passed node")
    base = push(registry.url, "acme/base", ["1"], content="passed base")
    for repository, tag in (("library/node", "22"), ("acme/base", "1")):
        push(registry.url, repository, [tag], content="newer, not aged yet")
    written = written.replace("{host}", registry.host)
    (buildah.folder / "Dockerfile").write_text(
        f"ARG NODE=22\nFROM {registry.host}/library/node:${{NODE}} AS build\nFROM {written}\n"
        "COPY --from=build /app/content.txt /node.txt\n"
    )

    digest = buildah.build(
        _target(f"{registry.host}/library/node:${{NODE}}", registry.host, "library/node", "22", node),
        _target(written, registry.host, "acme/base", "1", base),
    )

    built = _read(registry, f"@{digest}")
    assert built["Labels"] == {BASE_NAME_LABEL: f"{registry.host}/acme/base:1", BASE_LABEL: base.digest} | _buildah(
        built
    )
    own = [layer.diff_id for layer in base.layers["linux/amd64"]]
    assert _diff_ids(registry, f"@{digest}")[: len(own)] == own
    assert _read(registry, ":latest")["Digest"] == digest
    assert _content(buildah, registry, digest) == "passed node for linux/amd64\n"


def test_without_base_images_the_tags_count(buildah: Buildah, registry: DockerRegistry) -> None:
    """An ordinary build has no digest to write into a label."""
    push(registry.url, "acme/base", ["1"], content="old")
    base = push(registry.url, "acme/base", ["1"], content="current")
    (buildah.folder / "Dockerfile").write_text(f"FROM {registry.host}/acme/base:1\nCOPY Dockerfile /\n")

    digest = buildah.build()

    built = _read(registry, f"@{digest}")
    assert built["Labels"] == _buildah(built)
    assert base.layers["linux/amd64"][0].diff_id in _diff_ids(registry, f"@{digest}")


def test_an_index_is_built_for_several_platforms(buildah: Buildah, registry: DockerRegistry) -> None:
    """Each platform from the passed index, under one digest."""
    platforms = ("linux/amd64", "linux/arm64")
    base = push(registry.url, "acme/base", ["1"], platforms=platforms, content="passed")
    push(registry.url, "acme/base", ["1"], platforms=platforms, content="newer")
    (buildah.folder / "Dockerfile").write_text(f"FROM {registry.host}/acme/base:1\nCOPY Dockerfile /\n")

    target = _target("x", registry.host, "acme/base", "1", base)
    digest = buildah.build(target, platforms=",".join(platforms))

    with peers_installed():
        skopeo = require("skopeo", "skopeo")
    source = f"docker://{registry.host}/acme/portal@{digest}"
    command = [skopeo, "inspect", "--raw", "--tls-verify=false", source]
    index = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = {
        f"linux/{each['platform']['architecture']}": _diff_ids(registry, f"@{each['digest']}")
        for each in index["manifests"]
    }
    assert found.keys() == set(platforms)
    assert [found[each][0] for each in platforms] == [base.layers[each][0].diff_id for each in platforms]


def test_a_digest_that_is_gone_fails_the_build(buildah: Buildah, registry: DockerRegistry) -> None:
    """Nothing else is built in its place."""
    base = push(registry.url, "acme/base", ["1"], content="current")
    gone = ImageReference(registry.host, "acme/base", "1")
    (buildah.folder / "Dockerfile").write_text(f"FROM {registry.host}/acme/base:1\n")

    done = buildah._run((Target("n", "n", gone, Digest(_ID + "0" * 64), cause=True),), {})

    assert base.digest not in done.stdout
    assert done.returncode == 1
    assert not (buildah.folder / "digest").exists()


def _buildah(built: dict[str, Any]) -> dict[str, str]:
    """The label that buildah itself writes."""
    return {name: value for name, value in built["Labels"].items() if name.startswith("io.buildah.")}


def _content(buildah: Buildah, registry: DockerRegistry, digest: str) -> str:
    """The file that was copied from the first stage."""
    target = buildah.folder / "unpacked"
    command = [
        "skopeo",
        "copy",
        "--src-tls-verify=false",
        f"docker://{registry.host}/acme/portal@{digest}",
        f"dir:{target}",
    ]
    subprocess.run(command, check=True, capture_output=True)
    manifest = json.loads((target / "manifest.json").read_text())
    layer = target / manifest["layers"][-1]["digest"].removeprefix("sha256:")
    return subprocess.run(
        ["tar", "--extract", "--to-stdout", "--file", str(layer), "node.txt"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
