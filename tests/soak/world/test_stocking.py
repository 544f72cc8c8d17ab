"""Images that are written into a registry's files."""

from pathlib import Path

import requests

from soak.world.stocking import Stock
from tests.peers.fixtures import peers_installed
from tests.peers.image_documents import OCI_MANIFEST
from tests.peers.images import push
from tests.peers.registry import DockerRegistry


def test_a_stocked_image_is_served_as_a_pushed_one(tmp_path: Path) -> None:
    """The registry has it under its tag, with its layers, and a push of the same image gives the same digest."""
    stock = Stock(tmp_path / "images")
    base = stock.add("library/base", "1.0", "base")
    child = stock.add("acme/app", "latest", "app", base)

    with peers_installed(), DockerRegistry(tmp_path) as registry:
        manifest = requests.get(
            f"{registry.url}/v2/acme/app/manifests/latest", headers={"Accept": OCI_MANIFEST}, timeout=60
        )
        layers = [each["digest"] for each in manifest.json()["layers"]]
        blobs = [requests.get(f"{registry.url}/v2/acme/app/blobs/{each}", timeout=60).status_code for each in layers]
        again = push(registry.url, "acme/app", ["again"], content="app", base=base)

    assert manifest.headers["Docker-Content-Digest"] == child.digest == again.digest
    assert layers[:-1] == [layer.digest for layer in base.layers["linux/amd64"]]
    assert blobs == [200, 200]
